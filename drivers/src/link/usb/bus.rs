//! What hangs on the bus, as plain descriptions. The only place that translates the library's types for `select`.
//!
//! It opens nothing. The rule a newcomer would break: the list shows only the setting of an interface that is in use now,
//! without endpoints; which settings and endpoints a device really has is known once it is open.

use super::select::{UsbDevice, UsbEndpoint, UsbInterface};
use super::watch::UsbListError;
use nusb::descriptors::TransferType;
use nusb::transfer::Direction;
use nusb::{ErrorKind, MaybeFuture};

/// Devices looked at; a bus holds 127.
const DEVICES_MAX: usize = 512;

/// A listed device and the library's own handle.
pub(super) struct Listed {
    pub(super) device: UsbDevice,
    pub(super) info: nusb::DeviceInfo,
}

/// All devices but hubs' roots.
pub(super) fn list() -> Result<Vec<Listed>, UsbListError> {
    let found = nusb::list_devices().wait().map_err(|fault| match fault.kind() {
        ErrorKind::PermissionDenied => UsbListError::Permission,
        _ => UsbListError::NoUsb { reason: fault.to_string() },
    })?;
    let mut listed: Vec<Listed> = found.take(DEVICES_MAX).map(|info| Listed { device: describe(&info), info }).collect();
    listed.sort_by(|a, b| a.device.port_path.cmp(&b.device.port_path));
    Ok(listed)
}

fn describe(info: &nusb::DeviceInfo) -> UsbDevice {
    let path = info.sysfs_path().file_name().map(|name| name.to_string_lossy().into_owned());
    UsbDevice {
        vendor_id: info.vendor_id(),
        product_id: info.product_id(),
        serial: info.serial_number().map(str::to_owned),
        port_path: path.unwrap_or_default(),
        product: info.product_string().map(str::to_owned),
        plugging: u16::from_be_bytes([info.busnum(), info.device_address()]),
        interfaces: info
            .interfaces()
            .map(|i| UsbInterface { number: i.interface_number(), setting: 0, class: i.class(), protocol: i.protocol(), bulk_out: None, bulk_in: None })
            .collect(),
    }
}

/// All settings of all interfaces of an open device, with their endpoints.
pub(super) fn settings(device: &nusb::Device) -> Result<Vec<UsbInterface>, nusb::ActiveConfigurationError> {
    let settings = device.active_configuration()?.interface_alt_settings().map(|setting| {
        let bulk = |direction: Direction| {
            let endpoint = setting.endpoints().find(|e| e.transfer_type() == TransferType::Bulk && e.direction() == direction);
            endpoint.map(|e| UsbEndpoint { address: e.address(), packet_bytes: e.max_packet_size() })
        };
        UsbInterface {
            number: setting.interface_number(),
            setting: setting.alternate_setting(),
            class: setting.class(),
            protocol: setting.protocol(),
            bulk_out: bulk(Direction::Out),
            bulk_in: bulk(Direction::In),
        }
    });
    Ok(settings.collect())
}
