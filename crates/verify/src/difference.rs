//! What is the matter with a file of the log.

use std::fmt;

use serde::Serialize;

/// What is the matter with one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is not what the signed root demands.
    Altered,
    /// It should be there and is not.
    Missing,
    /// It is there and should not be.
    Surplus,
    /// It was written for a later checkpoint than the one that is there.
    Later,
    /// It and the hash tile beside it say different things, and the root fits neither.
    Disagrees,
    /// The log has it, and it is no leaf.
    NotALeaf,
    /// The key that was given did not sign it.
    NotSigned,
    /// The key of the log that it takes the place of did not vouch for it.
    NotVouchedFor,
    /// An earlier checkpoint signs another tree than the one that this log begins with.
    AnotherHistory,
    /// An earlier checkpoint signs more than there is.
    CutShort,
    /// It signs another root than the one that the tiles give.
    AnotherRoot,
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Altered => "was altered",
            Self::Missing => "is missing",
            Self::Surplus => "is there and should not be",
            Self::Later => "was written for a later checkpoint than the one that is there",
            Self::Disagrees => "and the hash tile beside it disagree",
            Self::NotALeaf => "holds something that is no leaf",
            Self::NotSigned => "is not signed with the key that was given",
            Self::NotVouchedFor => "names a key that the log's key before did not vouch for",
            Self::AnotherHistory => "tells another history than an earlier one",
            Self::CutShort => "signs less than an earlier one",
            Self::AnotherRoot => "signs another root than the one that the tiles give",
        })
    }
}

/// One file that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its path within the folder.
    pub path: String,
    /// The first leaf in it that is concerned, where one can be named; of a checkpoint, the size of the earlier one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leaf: Option<u64>,
    /// What is the matter.
    pub what: What,
}

/// `tile/entries/003 was altered, at leaf 801`.
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.what)?;
        match self.leaf {
            Some(leaf) => write!(f, ", at leaf {leaf}"),
            None => Ok(()),
        }
    }
}
