//! Whether there is room on the disk for a session.

use std::path::Path;

use super::Error;
use crate::units::Seconds;

/// A session with its preparation is rarely over sooner.
const LEAST: Seconds = Seconds::new(1800.0);

/// Bytes that may be written to the disk of `folder`, where the system tells.
pub(super) fn free(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    return rustix::fs::statvfs(folder).ok().map(|fs| fs.f_bavail.saturating_mul(fs.f_frsize));
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// Refuses to begin where less than half an hour of `bytes_per_s` fits into `free` bytes.
pub(super) fn enough(folder: &Path, free: u64, bytes_per_s: f64) -> Result<(), Error> {
    let fits_s = free as f64 / bytes_per_s;
    if fits_s < LEAST.s() {
        return Err(Error::NoRoom { path: folder.into(), fits_min: fits_s / 60.0 });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_refused_with_the_time_that_would_fit() {
        // 4 channels of 2 bytes at 1 kHz.
        let (folder, pace) = (Path::new("out"), 8000.0);
        assert!(enough(folder, 1800 * 8000, pace).is_ok());
        let error = enough(folder, 600 * 8000, pace).unwrap_err().to_string();
        assert!(error.contains("10 minutes") && error.contains("out"), "{error}");
    }
}
