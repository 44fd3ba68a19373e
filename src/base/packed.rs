//! Values as bytes, column by column, for what is derived and kept: small, and read without parsing.

/// What can be packed into bytes and read again. Numbers are little-endian.
pub trait Packed: Sized {
    fn pack(&self, out: &mut Vec<u8>);

    /// Takes the value off the front of the bytes; `None` when they are not one.
    fn unpack(bytes: &mut &[u8]) -> Option<Self>;
}

macro_rules! numbers {
    ($($number:ty),+) => {
        $(impl Packed for $number {
            fn pack(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }

            fn unpack(bytes: &mut &[u8]) -> Option<Self> {
                let (number, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                Some(Self::from_le_bytes(*number))
            }
        })+
    };
}

numbers!(u8, u16, u32, u64, i32, i64, i128);

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        for item in self {
            item.pack(out);
        }
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let count = usize::try_from(u64::unpack(bytes)?).ok()?;
        // a count that the bytes cannot hold is not believed
        let mut items = Vec::with_capacity(count.min(bytes.len()));
        for _ in 0..count {
            items.push(T::unpack(bytes)?);
        }
        Some(items)
    }
}

impl Packed for String {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.len() as u64).pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        let count = usize::try_from(u64::unpack(bytes)?).ok()?;
        let (text, rest) = bytes.split_at_checked(count)?;
        *bytes = rest;
        String::from_utf8(text.to_vec()).ok()
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }

    fn unpack(bytes: &mut &[u8]) -> Option<Self> {
        Some((A::unpack(bytes)?, B::unpack(bytes)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Value = (Vec<(u32, i64)>, (String, Vec<u16>));

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(value: Value, cut in 0_usize..8) {
            let mut bytes = Vec::new();
            value.pack(&mut bytes);
            let mut rest = bytes.as_slice();
            prop_assert_eq!(Value::unpack(&mut rest), Some(value));
            prop_assert!(rest.is_empty());
            let short = &bytes[..bytes.len() - cut.min(bytes.len())];
            prop_assert_eq!(Value::unpack(&mut &short[..]).is_some(), cut == 0);
        }

        #[test]
        fn noise_is_no_value_and_takes_no_memory(bytes: Vec<u8>) {
            let _ = Value::unpack(&mut bytes.as_slice());
            let huge = u64::MAX.to_le_bytes();
            prop_assert_eq!(Vec::<u64>::unpack(&mut &huge[..]), None);
        }
    }
}
