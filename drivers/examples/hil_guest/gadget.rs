//! A USB device made by the kernel's gadget side, on a cable whose other end is in the same machine (`dummy_hcd`).
//!
//! It says nothing on the wire by itself; that is the far end's work. The rule a newcomer would break: the order in which
//! configfs wants things. Strings and functions come before the link into the configuration, and the cable last.

use crate::hands::{run, said, until};
use std::fs;
use std::path::{Path, PathBuf};

const CONFIGFS: &str = "/sys/kernel/config";
/// USB device controllers on one side, host ports on the other.
const CABLES: &str = "num=3";

/// What stands on the label.
#[derive(Clone, Copy)]
pub struct Label {
    pub vendor: &'static str,
    pub product: &'static str,
    pub manufacturer: &'static str,
    pub model: &'static str,
    pub serial_number: &'static str,
}

/// One USB device.
pub struct Gadget {
    folder: PathBuf,
    cable: usize,
}

impl Gadget {
    /// A printer of class 7 with this IEEE 1284 device id. Its own end is `/dev/g_printerN`.
    pub fn printer(cable: usize, label: Label, device_id: &str) -> Result<Self, String> {
        Self::make(cable, label, "printer", |function| fs::write(function.join("pnp_string"), device_id))
    }

    /// A serial line (CDC-ACM). Its own end is `/dev/ttyGSn`.
    pub fn serial_line(cable: usize, label: Label) -> Result<Self, String> {
        Self::make(cable, label, "acm", |_| Ok(()))
    }

    fn make(cable: usize, label: Label, kind: &str, set_up: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<Self, String> {
        run(&["modprobe", "dummy_hcd", CABLES])?;
        run(&["modprobe", "libcomposite"])?;
        if !Path::new(CONFIGFS).join("usb_gadget").exists() {
            run(&["mount", "-t", "configfs", "configfs", CONFIGFS])?;
        }
        let folder = Path::new(CONFIGFS).join("usb_gadget").join(label.serial_number);
        let function = folder.join(format!("functions/{kind}.{cable}"));
        let made = || -> std::io::Result<()> {
            fs::create_dir(&folder)?;
            fs::write(folder.join("idVendor"), label.vendor)?;
            fs::write(folder.join("idProduct"), label.product)?;
            // Texts in English, code 0x409.
            let texts = folder.join("strings/0x409");
            fs::create_dir(&texts)?;
            fs::write(texts.join("manufacturer"), label.manufacturer)?;
            fs::write(texts.join("product"), label.model)?;
            fs::write(texts.join("serialnumber"), label.serial_number)?;
            fs::create_dir(&function)?;
            set_up(&function)?;
            fs::create_dir(folder.join("configs/c.1"))?;
            std::os::unix::fs::symlink(&function, folder.join("configs/c.1/function"))
        };
        made().map_err(|fault| format!("{}: {}", folder.display(), said(fault)))?;
        Ok(Gadget { folder, cable })
    }

    /// Plugs the cable in. The host side needs a moment to see it.
    pub fn plug(&self) -> Result<(), String> {
        self.plug_into(self.cable)
    }

    /// Plugs it into another cable, which ends in another port of the host.
    pub fn plug_into(&self, cable: usize) -> Result<(), String> {
        // A cable that was pulled a moment ago is still busy saying so.
        until("the cable takes the plug", || fs::write(self.folder.join("UDC"), format!("dummy_udc.{cable}")).ok())
    }

    /// Pulls the cable.
    pub fn pull(&self) -> Result<(), String> {
        fs::write(self.folder.join("UDC"), "\n").map_err(said)
    }
}
