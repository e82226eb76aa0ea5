//! What has a name in a repository and is no commit: tags with their own words, and blobs and trees that a ref leads to.

use super::command::{answer, git};
use super::repository::{Oid, Repository};
use crate::model::Result;

/// An object with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// The ref, and behind it the path in its tree.
    pub(crate) name: Vec<u8>,
    /// The object.
    pub(crate) oid: Oid,
    /// Whether it is a tag: headers, then words.
    pub(crate) is_tag: bool,
}

/// All that refs name beside commits.
pub(crate) fn named_otherwise(repository: &Repository) -> Result<Vec<Named>> {
    let form = "--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname)";
    let lines = answer(&mut git(&repository.directory, ["for-each-ref", form]))?;
    let mut named = Vec::new();
    for line in lines.split(|&byte| byte == b'\n') {
        let mut words = line.splitn(5, |&byte| byte == b' ');
        let mut next = || words.next().unwrap_or_default();
        let [kind, oid, inner_kind, inner, name] = [next(), next(), next(), next(), next()];
        for (kind, oid) in [(kind, oid), (inner_kind, inner)] {
            let Some(oid) = Oid::parse(oid) else { continue };
            match kind {
                b"tag" | b"blob" => named.push(Named { name: name.to_vec(), oid, is_tag: kind == b"tag" }),
                b"tree" => named.extend(files(repository, name, oid)?),
                _ => {}
            }
        }
    }
    Ok(named)
}

/// The files of a tree.
fn files(repository: &Repository, name: &[u8], tree: Oid) -> Result<Vec<Named>> {
    let entries = answer(git(&repository.directory, ["ls-tree", "-r", "-z", "--full-tree"]).arg(tree.to_string()))?;
    let file = |entry: &[u8]| {
        let tab = memchr::memchr(b'\t', entry)?;
        let [_, b"blob", oid] = entry[..tab].split(|&byte| byte == b' ').collect::<Vec<_>>()[..] else { return None };
        Some(Named { name: [name, b"/", &entry[tab + 1..]].concat(), oid: Oid::parse(oid)?, is_tag: false })
    };
    Ok(entries.split(|&byte| byte == 0).filter_map(file).collect())
}
