//! A small file system of its own, to see what happens when a disk is full. Wants root and the right to mount.

use anyhow::{Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system; gone when dropped.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one of `size` ("24m") on the folder at `path`, for its owner alone.
    ///
    /// # Errors
    /// Without the right to mount.
    pub fn on(path: &Path, size: &str) -> Result<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={size},mode=0700"))
            .arg("tmpfs")
            .arg(path)
            .status()?;
        ensure!(
            mounted.success(),
            "a small file system could not be mounted on {}: this test wants root and the right to mount",
            path.display()
        );
        Ok(Self(path.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A lazy one: the server may still be going.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}
