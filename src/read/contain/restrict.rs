//! The child shuts itself in, before it parses a byte: memory, processor time, files, programs, network.
//!
//! What the system does not offer is left out and told: the limits on memory and time are everywhere, `landlock` and
//! `seccomp` on Linux alone.

use std::io;
use std::path::Path;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::message::Open;

/// What holds, as far as the system offers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Confined {
    /// No file but the workbook can be opened, no port reached.
    pub(super) files: bool,
    /// No socket can be made, and no program started.
    pub(super) calls: bool,
}

impl Confined {
    pub(super) fn bits(self) -> u64 {
        u64::from(self.files) | u64::from(self.calls) << 1
    }

    pub(super) fn of(bits: u64) -> Self {
        Self { files: bits & 1 != 0, calls: bits & 2 != 0 }
    }
}

/// Sets the limits, for good.
pub(super) fn restrict(open: &Open) -> io::Result<Confined> {
    let limit = |resource, most: u64| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    limit(Resource::Core, 0)?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, 64)?;
    limit(Resource::As, open.memory)?;
    // A second between the signal that names the limit and the one that cannot be told from any other.
    setrlimit(Resource::Cpu, Rlimit { current: Some(open.seconds), maximum: Some(open.seconds.saturating_add(1)) })?;
    Ok(Confined { files: shut_files(&open.path), calls: shut_calls() })
}

/// No file can be opened any more but this one, to read; nothing be written, made or removed; no TCP port be reached.
#[cfg(target_os = "linux")]
fn shut_files(only: &Path) -> bool {
    use landlock::{
        ABI, Access, AccessFs, AccessNet, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
        Scope,
    };
    let shut = || -> Result<RulesetStatus, Box<dyn std::error::Error>> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(ABI::V6))?
            .handle_access(AccessNet::from_all(ABI::V6))?
            .scope(Scope::from_all(ABI::V6))?
            .create()?
            .add_rule(PathBeneath::new(PathFd::new(only)?, AccessFs::ReadFile))?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    matches!(shut(), Ok(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced))
}

#[cfg(not(target_os = "linux"))]
fn shut_files(_only: &Path) -> bool {
    false
}

/// Calls that a reader of workbooks has no use for fail: sockets, programs, other processes, the kernel's rarer doors.
#[cfg(target_os = "linux")]
fn shut_calls() -> bool {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter};
    let shut = [
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_io_uring_setup,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_memfd_create,
    ];
    let apply = || -> Result<(), Box<dyn std::error::Error>> {
        let denied = u32::try_from(libc::EPERM)?;
        let filter = SeccompFilter::new(
            shut.into_iter().map(|call| (call, Vec::new())).collect(),
            SeccompAction::Allow,
            SeccompAction::Errno(denied),
            TargetArch::try_from(std::env::consts::ARCH)?,
        )?;
        Ok(apply_filter(&BpfProgram::try_from(filter)?)?)
    };
    apply().is_ok()
}

#[cfg(not(target_os = "linux"))]
fn shut_calls() -> bool {
    false
}
