//! Which cameras are plugged in, found in the system's own tables without opening one.
//!
//! The rule a newcomer would break: one USB camera makes several video nodes, and all but the first carry metadata; a
//! number such as `video2` belongs to whoever was plugged in third, so a camera is named by its serial number or its port.

use std::path::{Path, PathBuf};

/// A machine with more video nodes than this is no kiosk.
const NODES_MAX: usize = 64;
/// Text of one attribute.
const ATTRIBUTE_BYTES_MAX: usize = 65_536;

/// A video node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCamera {
    /// `/dev/videoN`.
    pub path: PathBuf,
    /// `/dev/v4l/by-id/…`: maker, model and serial number. Use this in settings, unless two cameras share it.
    pub by_id: Option<PathBuf>,
    /// `/dev/v4l/by-path/…`: the port. For twins without serial numbers.
    pub by_path: Option<PathBuf>,
    /// The USB port and interface as the kernel counts them, such as `1-2:1.0`; settings take it as `bus:1-2`.
    pub bus: Option<String>,
    /// The camera's own name.
    pub name: String,
    /// It gives pictures; false for a node of metadata.
    pub is_capture: bool,
}

/// Where to look. Only tests use others than the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRoots {
    pub sys: PathBuf,
    pub dev: PathBuf,
    pub udev: PathBuf,
}

impl Default for ListRoots {
    fn default() -> Self {
        ListRoots { sys: "/sys/class/video4linux".into(), dev: "/dev".into(), udev: "/run/udev/data".into() }
    }
}

/// Every camera that gives pictures, in the order of their numbers. Opens none.
pub fn list() -> Vec<FoundCamera> {
    list_nodes(&ListRoots::default()).into_iter().filter(|node| node.is_capture).collect()
}

/// Every video node, with those of metadata.
pub fn list_nodes(roots: &ListRoots) -> Vec<FoundCamera> {
    let mut numbers: Vec<u32> = entries(&roots.sys).iter().filter_map(|path| number_of(path)).collect();
    numbers.sort_unstable();
    let by_id = links(&roots.dev.join("v4l/by-id"));
    let by_path = links(&roots.dev.join("v4l/by-path"));
    let node = |number: u32| {
        let folder = roots.sys.join(format!("video{number}"));
        let path = roots.dev.join(format!("video{number}"));
        let linked = |links: &[(PathBuf, PathBuf)]| {
            let target = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
            links.iter().find(|(_, to)| *to == target).map(|(link, _)| link.clone())
        };
        let bus = std::fs::canonicalize(folder.join("device")).ok().and_then(|device| device.file_name()?.to_str().map(str::to_owned));
        let name = attribute(&folder.join("name")).unwrap_or_default();
        FoundCamera { by_id: linked(&by_id), by_path: linked(&by_path), bus, name, is_capture: is_capture(roots, &folder), path }
    };
    numbers.into_iter().map(node).collect()
}

/// The picture node of the camera at this USB port (`1-2`) or interface (`1-2:1.0`).
pub fn node_at_bus(roots: &ListRoots, wanted: &str) -> Option<PathBuf> {
    let fits = |bus: &str| bus == wanted || bus.split(':').next() == Some(wanted);
    list_nodes(roots).into_iter().find(|node| node.is_capture && node.bus.as_deref().is_some_and(fits)).map(|node| node.path)
}

/// udev asked the node when it appeared and wrote the answer down (`v4l_id`). Where there is no udev, the first node of a
/// device is the one with pictures (Linux `uvc_driver.c`: the metadata node is registered after it).
fn is_capture(roots: &ListRoots, folder: &Path) -> bool {
    let told = attribute(&folder.join("dev")).and_then(|numbers| attribute(&roots.udev.join(format!("c{numbers}"))));
    let capabilities = told.as_deref().and_then(|text| text.lines().find_map(|line| line.strip_prefix("E:ID_V4L_CAPABILITIES=")));
    match capabilities {
        Some(words) => words.split(':').any(|word| word == "capture"),
        None => attribute(&folder.join("index")).is_none_or(|index| index == "0"),
    }
}

fn number_of(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_prefix("video")?.parse().ok()
}

fn links(folder: &Path) -> Vec<(PathBuf, PathBuf)> {
    let mut links: Vec<_> = entries(folder).into_iter().filter_map(|link| std::fs::canonicalize(&link).ok().map(|to| (link, to))).collect();
    links.sort();
    links
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().take(NODES_MAX).flatten().map(|entry| entry.path()).collect()
}

fn attribute(path: &Path) -> Option<String> {
    use std::io::Read;
    let mut text = Vec::new();
    std::fs::File::open(path).ok()?.take(ATTRIBUTE_BYTES_MAX as u64).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).trim().to_owned())
}
