//! Numbers and changes by a seed: the same seed is the same test.

/// A generator of pseudo-random numbers: xorshift.
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of one input of one kind.
    pub(super) fn of(kind: &str, input: u64) -> Self {
        let mut seed = kind.bytes().fold(input, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        // Neighbouring inputs have nothing in common (splitmix).
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        seed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        seed = (seed ^ (seed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self((seed ^ (seed >> 31)) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % (most.max(1) as u64)).unwrap()
    }
}

/// Pieces that parsers stumble over.
const PIECES: [&[u8]; 34] = [
    b"",
    b"\"",
    b",",
    b"\n",
    b"\r",
    b"\0",
    b"<",
    b">",
    b"&",
    b"</row>",
    b"<c r=\"",
    b"A4294967297",
    b"XFD1048576",
    b"1e999",
    b"-",
    b"NaN",
    b"99999999999999999999",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\xC3",
    b"&#0;",
    b"]]>",
    b"2010-02-30",
    b"=",
    b"[[",
    b"\xE2\x80\x8B",
    b"r=\"0\"",
    b"t=\"zzz\"",
    b"_x0000_",
    b"\xFF\xFE",
    b"=\"\"\"",
    b"2147483648",
    b"-0001-01-01",
    b"\xF4\x90\x80\x80",
];

/// A few changes to good bytes.
pub(super) fn mutated(good: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => {
                let piece = PIECES[dice.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            2 => {
                let end = (at + dice.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => bytes.truncate(at),
            4 => {
                let end = (at + dice.below(60)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                let to = dice.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            _ => {
                let piece = PIECES[dice.below(PIECES.len())];
                let end = (at + piece.len()).min(bytes.len());
                bytes.splice(at..end, piece.iter().copied());
            }
        }
    }
    bytes
}
