//! PGP's armor: its CRC-24, and whether the secret key in it is encrypted.

use data_encoding::BASE64;

use super::Verdict;
use super::armor::Armor;

pub(super) fn armor(block: &[u8]) -> Option<Verdict> {
    armor_off(&Armor::off(block)?)
}

/// The checksum decides; without one (it is optional since RFC 9580), the first packet must be a secret key.
pub(super) fn armor_off(armor: &Armor<'_>) -> Option<Verdict> {
    let packet = secret_key(&armor.body);
    let detail = packet.and_then(is_encrypted).filter(|encrypted| *encrypted).map(|_| "encrypted".into());
    match armor.check {
        Some(check) => {
            let passed = spelt(&armor.body).as_bytes() == check;
            Some(Verdict::checksum_if(passed).with(detail))
        }
        None => packet.map(|_| Verdict::structure().with(detail)),
    }
}

/// The last line of a block that is complete but for it and its END.
pub(super) fn sign(block: &str) -> Option<String> {
    let armor = format!("{block}-----END ");
    Some(format!("={}", spelt(&Armor::off(armor.as_bytes())?.body)))
}

fn spelt(body: &[u8]) -> String {
    BASE64.encode(&crc24(body).to_be_bytes()[1..])
}

fn crc24(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x00b7_04ce, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte) << 16, |crc, _| {
            let shifted = crc << 1;
            if shifted & 0x0100_0000 == 0 { shifted } else { shifted ^ 0x0186_4cfb }
        })
    })
}

/// The content of the first packet, if it is a secret key (tag 5).
fn secret_key(body: &[u8]) -> Option<&[u8]> {
    let (&head, rest) = body.split_first()?;
    match head {
        0xc5 => match *rest.first()? {
            0..192 => rest.get(1..),
            192..224 => rest.get(2..),
            255 => rest.get(5..),
            _ => None,
        },
        0x94 => rest.get(1..),
        0x95 => rest.get(2..),
        0x96 => rest.get(4..),
        _ => None,
    }
}

/// Whether a secret key of version 4 is encrypted: the octet behind its public part says so.
fn is_encrypted(packet: &[u8]) -> Option<bool> {
    let (&[4, _, _, _, _, algorithm], rest) = packet.split_first_chunk::<6>()? else { return None };
    let mut rest = rest;
    match algorithm {
        1..=3 => skip_integers(&mut rest, 2)?,
        16 => skip_integers(&mut rest, 3)?,
        17 => skip_integers(&mut rest, 4)?,
        18 => {
            skip_octets(&mut rest)?;
            skip_integers(&mut rest, 1)?;
            skip_octets(&mut rest)?;
        }
        19 | 22 => {
            skip_octets(&mut rest)?;
            skip_integers(&mut rest, 1)?;
        }
        25 | 27 => rest = rest.get(32..)?,
        _ => return None,
    }
    rest.first().map(|&usage| usage != 0)
}

/// Skips integers, each behind its number of bits.
fn skip_integers(rest: &mut &[u8], count: usize) -> Option<()> {
    for _ in 0..count {
        let (bits, integer) = rest.split_first_chunk::<2>()?;
        *rest = integer.get(usize::from(u16::from_be_bytes(*bits)).div_ceil(8)..)?;
    }
    Some(())
}

/// Skips octets behind their number.
fn skip_octets(rest: &mut &[u8]) -> Option<()> {
    let (&count, octets) = rest.split_first()?;
    *rest = octets.get(usize::from(count)..)?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_has_its_check_value() {
        assert_eq!(crc24(b"123456789"), 0x0021_cf02);
    }

    #[test]
    fn encryption_is_seen_behind_the_public_part() {
        let rsa = |usage: u8| [4, 0, 0, 0, 0, 1, 0, 9, 1, 2, 0, 8, 3, usage];
        let curve = |usage: u8| [4, 0, 0, 0, 0, 22, 1, 0x2b, 0, 8, 3, usage];
        assert_eq!([is_encrypted(&rsa(0)), is_encrypted(&rsa(254))], [Some(false), Some(true)]);
        assert_eq!([is_encrypted(&curve(0)), is_encrypted(&curve(255))], [Some(false), Some(true)]);
        assert_eq!(is_encrypted(&rsa(0)[..9]), None);
    }
}
