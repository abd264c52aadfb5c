//! The key of pseudonyms: where the config says it is, never in the place.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::RunError;
use crate::definitions::KeyPlace;
use crate::lake::Place;
use crate::model::PseudonymKey;

/// Reads the key that the config names; none when it names none.
///
/// # Errors
/// [`RunError::Key`] when it is not there, lies in the place, can be read by others, or is no key. Its text is never told.
pub fn pseudonym_key(
    place: &Place,
    named: Option<&KeyPlace>,
    secret: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<PseudonymKey>, RunError> {
    let wrong = |message: String| RunError::Key { message };
    let (text, whence) = match named {
        None => return Ok(None),
        Some(KeyPlace::Environment(name)) => {
            let text = secret(name)
                .ok_or_else(|| wrong(format!("the config names the variable `{name}`, which is not set")))?;
            (text, format!("the variable `{name}`"))
        }
        Some(KeyPlace::File(path)) => {
            outside(place, path)?;
            let shown = path.display();
            let mode = fs::metadata(path)
                .map_err(|error| wrong(format!("the config names `{shown}`, which cannot be read: {error}")))?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(wrong(format!(
                    "`{shown}` can be read by others (mode {:o}): `chmod 600` it",
                    mode & 0o777
                )));
            }
            let text = fs::read_to_string(path).map_err(|error| wrong(format!("`{shown}` cannot be read: {error}")))?;
            (text, format!("`{shown}`"))
        }
    };
    text.parse().map(Some).map_err(|error| wrong(format!("{whence} holds no key: {error}")))
}

/// A key beside the data protects nothing: both would be copied, backed up and lost together.
///
/// # Errors
/// [`RunError::Key`] when the path is within the place.
pub fn outside(place: &Place, path: &Path) -> Result<(), RunError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (folder, root, var) = (real(folder), real(place.root()), real(place.var()));
    if folder.starts_with(&root) || folder.starts_with(&var) {
        return Err(RunError::Key {
            message: format!("`{}` is inside the place, beside the data; keep the key elsewhere", path.display()),
        });
    }
    Ok(())
}
