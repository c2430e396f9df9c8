//! How a delivery's GUID is kept: short, and in the order of time.
//!
//! GitHub's are UUIDs of version 1, a clock with its fastest digits first. Turned around, as
//! version 6 has it, new ones stand beside each other at the end of an index; as they come they
//! would touch another of its pages each, and each page is written twice.

/// Where the bytes of a UUID stand when its time comes first: its high part, middle and low.
const TIME_FIRST: [usize; 16] = [6, 7, 4, 5, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15];

/// Stands before what is not a UUID. No UUID that is packed begins with it: its version does.
const OTHER: u8 = 0;

/// Packs a GUID; different ones stay different.
#[must_use]
pub fn pack(guid: &str) -> Vec<u8> {
    if let Some(bytes) = uuid(guid.as_bytes()) {
        return TIME_FIRST.iter().map(|&at| bytes[at]).collect();
    }
    let mut packed = Vec::with_capacity(guid.len() + 1);
    packed.push(OTHER);
    packed.extend_from_slice(guid.as_bytes());
    packed
}

/// The GUID as it came.
#[must_use]
pub fn unpack(packed: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    if packed.len() != 16 || packed[0] < 0x10 {
        let text = packed.strip_prefix(&[OTHER]).unwrap_or(packed);
        return String::from_utf8_lossy(text).into_owned();
    }
    let mut bytes = [0; 16];
    for (&byte, at) in packed.iter().zip(TIME_FIRST) {
        bytes[at] = byte;
    }
    let mut guid = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            guid.push('-');
        }
        guid.push(char::from(DIGITS[usize::from(byte >> 4)]));
        guid.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    guid
}

/// The bytes of a UUID in the one form that [`unpack`] writes, with a version.
fn uuid(guid: &[u8]) -> Option<[u8; 16]> {
    if guid.len() != 36 {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = 0;
    for (at, &char) in guid.iter().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if char != b'-' {
                return None;
            }
            continue;
        }
        let digit = match char {
            b'0'..=b'9' => char - b'0',
            b'a'..=b'f' => char - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
        digits += 1;
    }
    (bytes[6] >= 0x10).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_guid_comes_back_as_it_was() {
        let guids = [
            "72d3162e-cc78-11e3-81ab-4c9367dc0958",
            "f47ac10b-58cc-4372-a567-0e02b2c3d479",
            "72D3162E-CC78-11E3-81AB-4C9367DC0958",
            "72d3162e-cc78-01e3-81ab-4c9367dc0958",
            "72d3162e-cc78-11e3-81ab-4c9367dc095",
            "72d3162e+cc78-11e3-81ab-4c9367dc0958",
            "72d3162e-cc78-11e3-81ab-4c9367dc095g",
            "fifteen letters",
            "sixteen letters!",
            "ümläut",
            "",
        ];
        for guid in guids {
            assert_eq!(unpack(&pack(guid)), guid);
        }
        let packed: std::collections::HashSet<_> = guids.iter().map(|guid| pack(guid)).collect();
        assert_eq!(packed.len(), guids.len());
        assert_eq!(pack(guids[0]).len(), 16);
    }

    #[test]
    fn a_later_clock_stands_behind_an_earlier_one() {
        let earlier = pack("ffffffff-cc78-11e3-81ab-4c9367dc0958");
        let later = pack("00000000-cc79-11e3-81ab-4c9367dc0958");
        assert!(earlier < later);
    }

    #[test]
    fn no_text_passes_for_a_uuid() {
        // Sixteen bytes like a UUID's, but for the first.
        assert_eq!(pack("fifteen letters").len(), 16);
        assert_eq!(pack("fifteen letters")[0], OTHER);
        assert!(pack("72d3162e-cc78-11e3-81ab-4c9367dc0958")[0] >= 0x10);
    }
}
