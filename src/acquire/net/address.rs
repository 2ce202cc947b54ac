//! Which addresses of the network are never asked: those of this machine, of the local network, and those that are no address
//! of one public machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fn v4(ip: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = ip.octets();
    Some(match (a, b, c) {
        (0, ..) => "unspecified",
        (127, ..) => "loopback",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "private",
        (100, 64..=127, _) => "shared by a provider",
        (169, 254, _) => "link local",
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => "reserved",
        (224..=239, ..) => "multicast",
        (240..=255, ..) => "reserved",
        _ => return None,
    })
}

fn v6(ip: Ipv6Addr) -> Option<&'static str> {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return v4(inner);
    }
    let s = ip.segments();
    Some(match s {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0, 0, 0, 0, 0, 0, _, _] => "reserved",
        // NAT64 and 6to4 carry an IPv4 address.
        [0x64, 0xff9b, 0, 0, 0, 0, hi, lo] => return v4(Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo))),
        [0x64, 0xff9b, 1, ..] => "reserved",
        [0x2002, hi, lo, ..] => return v4(Ipv4Addr::from((u32::from(hi) << 16) | u32::from(lo))),
        [0x2001, 0xdb8, ..] | [0x2001, 0, ..] => "reserved",
        [first, ..] if first & 0xfe00 == 0xfc00 => "private",
        [first, ..] if first & 0xffc0 == 0xfe80 => "link local",
        // Site local: given up, and still routed inside of old networks.
        [first, ..] if first & 0xffc0 == 0xfec0 => "private",
        [first, ..] if first & 0xff00 == 0xff00 => "multicast",
        _ => return None,
    })
}

/// Why an address is not asked; `None`: it is public.
pub fn refused(ip: IpAddr) -> Option<&'static str> {
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => v6(ip),
    }
}

#[cfg(test)]
mod tests {
    use super::refused;

    #[test]
    fn only_public_addresses_pass() {
        for bad in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fec0::1",
            "feff::1",
            "64:ff9b:1::102:304",
            "fd12::1",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(refused(bad.parse().unwrap()).is_some(), "{bad}");
        }
        for good in [
            "1.2.3.4",
            "172.15.0.1",
            "172.32.0.1",
            "100.128.0.1",
            "202.99.230.232",
            "2400:3200::1",
            "::ffff:1.2.3.4",
        ] {
            assert_eq!(refused(good.parse().unwrap()), None, "{good}");
        }
    }
}
