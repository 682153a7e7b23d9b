package language

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Normalize returns the text in the form in which words are compared: one width (full-width
// and half-width letters are the same), lower case, digits 0 to 9 whatever the script, one
// kind of apostrophe, and without characters that are not seen (soft hyphens, joiners,
// marks of direction, the Arabic elongation). Accents stay: see Fold.
func Normalize(text string) string {
	if plainASCII(text) {
		return strings.ToLower(text)
	}
	text = strings.ToLower(norm.NFKC.String(strings.ToValidUTF8(text, " ")))
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf || common(r):
			return r
		case r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´' || r == '＇':
			return '\''
		case r == '‐' || r == '‑' || r == '–' || r == '−':
			return '-'
		case r == '\u0307': // left over when a capital I with a dot is lowered
			return -1
		case r == 'ー' || r == '々':
			return r
		case r == '\u0640' || r == '\u05f3' || r == '\u05f4' || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Nd, r):
			return digit(r)
		}
		return r
	}, text)
}

// common reports whether it is one of the lower-case letters that most texts outside
// English consist of: nothing has to be looked up for them.
func common(r rune) bool {
	switch {
	case r < 0x400:
		return 'à' <= r && r <= 'ö' || 'ø' <= r && r <= 'ſ'
	case r < 0x3041:
		return 'а' <= r && r <= 'џ'
	case r < 0x4e00:
		return r <= 'ゖ' || 'ァ' <= r && r <= 'ヺ'
	}
	return r <= 0x9fa5 || '가' <= r && r <= '힣'
}

func plainASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// digit is the ASCII digit of the same value. The ranges of decimal digits are made of
// tens that begin with zero.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if rune(t.Lo) <= r && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}

// letters that no decomposition takes apart, and letters that people use for each other.
var letters = map[rune]string{
	'ß': "ss", 'ø': "o", 'æ': "ae", 'œ': "oe", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ı': "i", 'ħ': "h", 'ς': "σ",
	'ى': "ي", 'ة': "ه", 'ک': "ك", 'ی': "ي", 'ہ': "ه", 'ە': "ه", 'ґ': "г",
	'ך': "כ", 'ם': "מ", 'ן': "נ", 'ף': "פ", 'ץ': "צ", '\u0901': "\u0902", // candrabindu as anusvara
}

// Fold returns a normalized word without accents, vowel points and other marks that people
// leave out, with the letters that they use for each other made the same. Marks that are
// vowels of their script (Devanagari, Thai) stay.
func Fold(word string) string {
	if plainASCII(word) {
		return word
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(word) {
		switch with, ok := letters[r]; {
		case ok:
			b.WriteString(with)
		case unicode.Is(unicode.Mn, r) && leftOut(r):
		case 'ァ' <= r && r <= 'ヶ':
			b.WriteRune(r - 'ァ' + 'ぁ') // katakana as hiragana
		default:
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// leftOut reports whether a mark may be missing from the same word: accents, Hebrew points,
// Arabic vowels and hamzas, the Devanagari nukta. The voicing marks of kana may not.
func leftOut(r rune) bool {
	return r < 0x0370 || 0x0483 <= r && r <= 0x0487 || 0x0591 <= r && r <= 0x05c7 || 0x0610 <= r && r <= 0x061a ||
		0x064b <= r && r <= 0x065f || r == 0x0670 || 0x06d6 <= r && r <= 0x06ed || r == 0x093c || 0x1ab0 <= r && r <= 0x1aff
}

// Unspaced reports whether the letter's script is written without spaces between words.
func Unspaced(r rune) bool {
	return r >= 0x0e00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー')
}
