//! Where requests may go: no private address, no plain HTTP, no password in an address, unless the source says so.
//!
//! The check is made where the connection is: on the addresses that a name resolves to, since a public name can point inwards,
//! and again at each redirect.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use crate::source::limits;
use crate::source::problem::SourceFault;

/// What a request may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard {
    plain: bool,
    reach: AddressPolicy,
}

/// Which addresses may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AddressPolicy {
    Any,
    Public,
    /// For tests, whose servers are all on this machine: one of its addresses stands for the public internet.
    #[cfg(test)]
    Only(IpAddr),
}

impl AddressPolicy {
    fn allows(self, ip: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Public => is_public(ip),
            #[cfg(test)]
            Self::Only(one) => ip == one,
        }
    }
}

impl Guard {
    /// HTTPS to the public internet.
    pub(super) fn strict() -> Self {
        Self { plain: false, reach: AddressPolicy::Public }
    }

    /// Anything: for tests and inner networks.
    pub(super) fn insecure() -> Self {
        Self { plain: true, reach: AddressPolicy::Any }
    }

    #[cfg(test)]
    pub(super) fn only(ip: IpAddr) -> Self {
        Self { plain: true, reach: AddressPolicy::Only(ip) }
    }

    /// A client that connects only where the guard allows. Redirects are ours to follow, so that each is checked.
    pub(super) fn client(self) -> Result<Client, reqwest::Error> {
        // An error means that a provider is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder()
            .user_agent(concat!("sendmart/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .referer(false)
            // A proxy would make the connection in our place, past the guard.
            .no_proxy()
            .https_only(!self.plain)
            .connect_timeout(limits::CONNECT)
            .dns_resolver(Arc::new(GuardedNames { reach: self.reach }))
            .build()
    }

    /// Reads an address and checks it.
    pub(super) fn parse(self, url: &str) -> Result<Url, SourceFault> {
        let url = Url::parse(url).map_err(|_| SourceFault::Address("it is not a full address"))?;
        self.check(&url)?;
        Ok(url)
    }

    /// Checks an address, or the target of a redirect, as far as it can be before its name is resolved.
    pub(super) fn check(self, url: &Url) -> Result<(), SourceFault> {
        match url.scheme() {
            "https" => {}
            "http" if self.plain => {}
            "http" => {
                return Err(SourceFault::Address(
                    "it, or where it redirects to, is `http://`: anybody on the way could change the file",
                ));
            }
            _ => return Err(SourceFault::Address("it, or where it redirects to, is not `https://`")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SourceFault::Address("it has a user name or a password in it, which would end up in logs"));
        }
        let host = url.host_str().unwrap_or_default();
        // An address in digits is connected to without asking the resolver.
        match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(ip) if !self.reach.allows(ip) => Err(SourceFault::PrivateAddress(host.to_owned())),
            _ => Ok(()),
        }
    }
}

/// The name resolves to nowhere that may be connected to.
#[derive(Debug)]
pub(super) struct NotAllowed {
    pub(super) host: String,
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` resolves to private addresses only", self.host)
    }
}

impl Error for NotAllowed {}

struct GuardedNames {
    reach: AddressPolicy,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.reach;
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let all: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<_> = all.iter().copied().filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() && !all.is_empty() {
                return Err(NotAllowed { host }.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Whether the guard refused the connection of a request: the host it would have reached.
pub(super) fn not_allowed(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<NotAllowed>() {
            return Some(refused.host.clone());
        }
        cause = error.source();
    }
    None
}

/// What a request says of its failure, without the address, whose query may hold a key.
pub(super) fn told(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the time was up".to_owned();
    }
    let mut last: &dyn Error = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    if last.source().is_none() && std::ptr::addr_eq(last, std::ptr::from_ref(error)) {
        return "the request failed".to_owned();
    }
    last.to_string()
}

/// Whether an address is one of the public internet (IANA special-purpose registries).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local() // also the metadata service of the clouds, 169.254.169.254
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b)) // shared by carriers, and by some clouds' metadata
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    // Public addresses are 2000::/3; of those, some wrap an IPv4 address or are set apart.
    match (first, second) {
        (0x2001, 0x0000..=0x01FF | 0x0DB8) | (0x2002 | 0x3FFF, _) => false,
        (0x2000..=0x3FFF, _) => true,
        (0, 0) => ip.to_ipv4_mapped().is_some_and(is_public_v4),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("51.140.0.1", true),
            ("2a00:1450::1", true),
            ("::ffff:8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.31.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.100.100.200", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("198.19.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:169.254.169.254", false),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("fe80::1", false),
            ("fd00:ec2::254", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }

    #[test]
    fn addresses_are_refused_by_what_they_say() {
        for (url, code) in [
            ("https://example.org/a.csv", ""),
            ("http://example.org/a.csv", "http://"),
            ("ftp://example.org/a.csv", "https://"),
            ("file:///etc/passwd", "https://"),
            ("a.csv", "full address"),
            ("https://user:secret@example.org/a.csv", "password"),
            ("https://127.0.0.1/a.csv", "public internet"),
            ("https://2130706433/a.csv", "public internet"),
            ("https://0x7f.1/a.csv", "public internet"),
            ("https://[::1]/a.csv", "public internet"),
            ("https://169.254.169.254/latest", "public internet"),
        ] {
            let told = Guard::strict().parse(url).err().map(|problem| problem.to_string()).unwrap_or_default();
            assert!(told.contains(code) && (code.is_empty() == told.is_empty()), "{url}: {told}");
            assert!(!told.contains("secret"), "{told}");
        }
        assert!(Guard::insecure().parse("http://10.0.0.1/a.csv").is_ok());
    }

    #[tokio::test]
    async fn names_are_judged_by_what_they_resolve_to() {
        let strict = GuardedNames { reach: AddressPolicy::Public }.resolve("localhost".parse().unwrap()).await;
        assert!(strict.is_err_and(|error| error.is::<NotAllowed>()));
        assert!(GuardedNames { reach: AddressPolicy::Any }.resolve("localhost".parse().unwrap()).await.is_ok());
    }
}
