//! Where sealed bytes and the mirrored log lie: a folder, or a bucket that speaks S3.

use super::error::ConfigError;
use super::secret_file;
use super::sources::Values;
use counterfoil_store::Bucket;
use std::path::{Path, PathBuf};
use url::{Host, Url};

/// One place for blobs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BlobPlace {
    /// A folder on a local disk.
    Folder(PathBuf),
    /// A bucket.
    Bucket(BucketPlace),
}

/// A bucket, with the files that hold its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketPlace {
    /// Its name.
    pub(crate) name: String,
    prefix: String,
    endpoint: Option<String>,
    region: String,
    path_style: bool,
    access_key_file: PathBuf,
    secret_key_file: PathBuf,
}

impl BlobPlace {
    pub(super) fn read(values: &Values, data: &Path) -> Result<Self, ConfigError> {
        let folder = values.path("blobs", "folder");
        let Some(name) = values.text("blobs", "bucket") else {
            for key in ["prefix", "endpoint", "access_key_file", "secret_key_file"] {
                if values.text("blobs", key).is_some() {
                    return Err(values.invalid(
                        "blobs",
                        key,
                        "says something about a bucket, but blobs.bucket names none",
                    ));
                }
            }
            return Ok(Self::Folder(folder.unwrap_or_else(|| data.join("blobs"))));
        };
        if folder.is_some() {
            let problem = "names a bucket, and blobs.folder a folder: there can be only one of the two";
            return Err(values.invalid("blobs", "bucket", problem));
        }
        let needed = |key: &str| {
            let file = values.path("blobs", key);
            file.ok_or_else(|| values.invalid("blobs", key, format!("blobs.{key} is needed beside blobs.bucket")))
        };
        let endpoint = values.text("blobs", "endpoint");
        Ok(Self::Bucket(BucketPlace {
            name: name.to_owned(),
            prefix: values
                .text("blobs", "prefix")
                .unwrap_or_default()
                .trim_matches('/')
                .to_owned(),
            endpoint: endpoint.map(|text| address(values, text)).transpose()?,
            region: values.text("blobs", "region").unwrap_or("us-east-1").to_owned(),
            path_style: values.flag("blobs", "path_style"),
            access_key_file: needed("access_key_file")?,
            secret_key_file: needed("secret_key_file")?,
        }))
    }

    /// The folder, if it is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(folder) => Some(folder),
            Self::Bucket(_) => None,
        }
    }
}

impl BucketPlace {
    /// The bucket as the store knows it, with its key read from the files now.
    ///
    /// # Errors
    /// [`ConfigError::SecretFile`].
    pub(crate) fn bucket(&self, values: &Values) -> Result<Bucket, ConfigError> {
        Ok(Bucket {
            name: self.name.clone(),
            prefix: self.prefix.clone(),
            endpoint: self.endpoint.clone(),
            region: self.region.clone(),
            path_style: self.path_style,
            access_key: secret_file(values, "blobs", "access_key_file", &self.access_key_file)?,
            secret_key: secret_file(values, "blobs", "secret_key_file", &self.secret_key_file)?,
        })
    }
}

/// The service's address without a slash at its end.
fn address(values: &Values, text: &str) -> Result<String, ConfigError> {
    let wrong = |problem: &str| values.invalid("blobs", "endpoint", problem);
    let url =
        Url::parse(text).map_err(|_| wrong("must be the address of the service, such as https://s3.example.org"))?;
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => {
            return Err(wrong(
                "must begin with https://; plain http:// is for a service on loopback alone",
            ));
        }
    }
    if url.password().is_some() || !url.username().is_empty() {
        return Err(wrong("must not carry a key; name the files that hold it"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
