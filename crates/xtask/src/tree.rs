//! The tree as texts: every file that people write, read once, with its path from the root.
//!
//! Built things (`target`, `out`) and binary files are left out. The rule a newcomer would break: a rule never opens a file
//! itself; what it needs comes in as a [`Tree`], so that a test can make one up.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Files a tree may hold; more means that the walk left the tree.
const FILES_MAX: usize = 20_000;
/// Largest text that is read, in bytes; the lock file is the largest real one.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Folders, by their path from the root, that hold nothing written by people.
const SKIPPED: [&str; 8] = ["target", "out", ".git", ".github", "fuzz/target", "fuzz/corpus", "fuzz/artifacts", "fuzz/coverage"];

/// One text.
#[derive(Clone, Debug)]
pub struct File {
    /// From the root, always with `/`.
    pub path: String,
    pub text: String,
}

impl File {
    /// Lines with their numbers, counted from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.split('\n').enumerate().map(|(index, line)| (index + 1, line))
    }

    /// Number of lines.
    pub fn line_count(&self) -> usize {
        self.text.lines().count()
    }

    /// Whether the path lies below one of these folders, or is one of these files.
    pub fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| self.path == *place || (place.ends_with('/') && self.path.starts_with(place)))
    }
}

/// All texts, in path order.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    /// A tree made up of these texts.
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self { files: files.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect() }
    }

    /// Reads the tree below `root`.
    ///
    /// # Errors
    /// Any error of reading a folder or file, and a tree that is far larger than ours.
    pub fn read(root: &Path) -> io::Result<Self> {
        let mut tree = Self::default();
        let mut folders: Vec<PathBuf> = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let name = name_below(root, &path);
                // A link may lead anywhere, and what it leads to inside the tree is read at its own place.
                let about = fs::symlink_metadata(&path)?;
                if about.is_dir() && !SKIPPED.contains(&name.as_str()) {
                    folders.push(path);
                } else if about.is_file() && about.len() <= FILE_BYTES_MAX {
                    // A file that is no text holds nothing these rules are about.
                    if let Ok(text) = String::from_utf8(fs::read(&path)?) {
                        tree.files.push(File { path: name, text });
                    }
                }
                if tree.files.len() > FILES_MAX {
                    return Err(io::Error::other(format!("more than {FILES_MAX} files below {}", root.display())));
                }
            }
        }
        tree.files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(tree)
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// Files whose name ends so.
    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.ends_with(ending))
    }
}

fn name_below(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
