package identity

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestNamesAreShownAsTyped(t *testing.T) {
	for _, c := range []struct{ what, typed, shown string }{
		{"plain", "Ada", "Ada"},
		{"trimmed", "  Ada Lovelace\t\n", "Ada Lovelace"},
		{"inner white space", "Ada \u00a0\u2003 Lovelace", "Ada Lovelace"},
		{"composed", "Zoe\u0308", "Zoë"},
		{"case is kept", "McADA", "McADA"},
		{"width is kept", "Ａｄａ", "Ａｄａ"},
		{"family emoji with joiners", "👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"},
		{"skin tone and gender", "👩🏽‍🚀", "👩🏽‍🚀"},
		{"flag", "🇩🇪", "🇩🇪"},
		{"flag of tags", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"},
		{"keycap", "1️⃣", "1️⃣"},
		{"Arabic", "عبد الله", "عبد الله"},
		{"Hebrew with points", "שָׁלוֹם", norm.NFC.String("שָׁלוֹם")},
		{"Persian with a non-joiner", "می\u200cخواهم", "می\u200cخواهم"},
		{"a direction mark that changes nothing around it", "Ada\u200f", "Ada\u200f"},
		{"Devanagari", "क्षत्रिय", "क्षत्रिय"},
		{"Thai", "น้ำผึ้ง", "น้ำผึ้ง"},
		{"Vietnamese", "Nguyễn Thị", "Nguyễn Thị"},
		{"stacked marks", "Z̴̧̛a̶͝l̷g̸o̵", norm.NFC.String("Z̴̧̛a̶͝l̷g̸o̵")},
		{"HTML", "<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"},
		{"Markdown", "[a](javascript:alert(1))", "[a](javascript:alert(1))"},
		{"SQL", "Robert'); DROP TABLE chats;--", "Robert'); DROP TABLE chats;--"},
		{"format string", "%s%n%x${jndi:ldap://x}{{.}}", "%s%n%x${jndi:ldap://x}{{.}}"},
		{"subject wildcards", "*.>", "*.>"},
		{"path", "../../etc/passwd", "../../etc/passwd"},
		{"prototype", "__proto__", "__proto__"},
		{"64 characters of four bytes", strings.Repeat("𝔸", 64), strings.Repeat("𝔸", 64)},
		{"a code point of the future", "\U0001FBFF", "\U0001FBFF"},
		{"replacement character", "a\uFFFDb", "a\uFFFDb"},
		{"NUL", "Ada\x00", "Ada"},
		{"escape sequence", "\x1b[31mAda\x1b[0m", "Ada"},
		{"C1", "Ada\u009b31m", "Ada"},
		{"tab inside", "Ada\tLovelace", "Ada Lovelace"},
		{"line break inside", "Ada\r\nAgent: hello", "Ada Agent: hello"},
		{"Word's line break", "Ada\vLovelace", "Ada Lovelace"},
		{"next line", "Ada\u0085x", "Ada x"},
		{"line and paragraph separator", "Ada\u2028x\u2029y", "Ada x y"},
		{"soft hyphen and byte order mark", "\uFEFFLove\u00ADlace", "Lovelace"},
		{"right-to-left override", "Ada\u202Egnp.exe", "Adagnp.exe"},
		{"embedding", "\u202AAda\u202C", "Ada"},
		{"isolate", "\u2067Ada\u2069", "Ada"},
	} {
		shown, key, err := CleanName(c.typed)
		if err != nil || shown != c.shown || len(key) != 64 {
			t.Errorf("%s: shown %+q, key %q, %v; want %+q", c.what, shown, key, err, c.shown)
		}
	}
}

func TestNamesThatCannotBeShownAreRefusedWithASentence(t *testing.T) {
	for _, c := range []struct{ what, typed, sentence string }{
		{"empty", "", "1 to 64"},
		{"white space", " \t\u3000\n", "1 to 64"},
		{"65 characters", strings.Repeat("x", 65), "has 65 characters"},
		{"invalid UTF-8", "Ada\xff", "valid UTF-8"},
		{"half a surrogate pair", "\xed\xa0\x80", "valid UTF-8"},
		{"overlong", "\xc0\xaf", "valid UTF-8"},
		{"zero-width space alone", "\u200B", "visible"},
		{"Hangul filler", "\u3164", "visible"},
		{"Hangul jamo fillers", "\u115F\u1160\uFFA0", "visible"},
		{"Braille blank", "\u2800\u2800", "visible"},
		{"joiner and selector", "\u200D\uFE0F", "visible"},
		{"soft hyphen", "\u00AD", "visible"},
		{"tags alone", "\U000E0041\U000E007F", "visible"},
		{"a mark without a letter", "\u0301", "visible"},
		{"annotation anchors", "\uFFF9\uFFFB", "visible"},
		{"word joiner and BOM", "\u2060\uFEFF", "visible"},
	} {
		_, _, err := CleanName(c.typed)
		var no *bus.Refusal
		if !errors.As(err, &no) || no.Code != codes.BadName || !strings.Contains(no.Message, c.sentence) {
			t.Errorf("%s: %v; want bad_name with %q", c.what, err, c.sentence)
		}
	}
}

func TestNamesThatReadTheSameAreOneVisitor(t *testing.T) {
	for _, same := range [][]string{
		{"Ada", "ada", "ADA", " aDa ", "Ａｄａ", "𝒜𝒹𝒶", "ⓐⓓⓐ", "A\u200Bda", "Ada\u200E", "Ada \u200B", "\uFEFFAda", "A\u00ADda", "Ada\u2800", "A\u034Fda", "Ada\uFE0F"},
		{"Ada Lovelace", "Ada  Lovelace", "ada\u00a0lovelace", "ADA\u2003\u200B LOVELACE", "Ada\u3000Lovelace"},
		{"Straße", "STRASSE", "strasse", "STRAẞE"},
		{"Zoë", "Zoe\u0308", "ZOË"},
		{"ﬁona", "Fiona"},
		{"Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ", "ὀδυσσεύσ"},
		{"Åsa", "A\u030Asa", "\u212Bsa"},
		{"①", "1"},
		{"ﾊﾟﾊﾟ", "パパ"},
		{"각", "\u1100\u1161\u11A8"},
		{"ᾳ", "\u03B1\u0345", "ΑΙ"},
	} {
		_, want, err := CleanName(same[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range same[1:] {
			if _, key, err := CleanName(name); err != nil || key != want {
				t.Errorf("%+q and %+q have different keys (%v)", same[0], name, err)
			}
		}
	}
}

func TestNamesThatDifferAreDifferentVisitors(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"Ada", "Ad", "A da", "Adá", "Аda" /* Cyrillic А */, "🇩🇪", "🇫🇷", "´", "¨", "ı", "i", "عبد", "عبدة", "*", ">", "👨", "👩"} {
		_, key, err := CleanName(name)
		if err != nil {
			t.Fatalf("%+q: %v", name, err)
		}
		if other, ok := seen[key]; ok {
			t.Errorf("%+q and %+q have one key", name, other)
		}
		seen[key] = name
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"Ada", "  a  b ", "Zoe\u0308", "👨‍👩‍👧", "\u202E", "a\u200B b", "\u00a0\u0301x", "ﷺ", strings.Repeat("a\u0301", 40), "x" + strings.Repeat("\u0301", 60), "\xff", "\u0344\u0345Α", "ᾳ\u0345", "\u1D165\u1D15F"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		shown, key, err := CleanName(s)
		if err != nil {
			var no *bus.Refusal
			if !errors.As(err, &no) || no.Message == "" || !utf8.ValidString(no.Message) {
				t.Fatalf("%+q: %v is no sentence", s, err)
			}
			return
		}
		if n := utf8.RuneCountInString(shown); n < 1 || n > MaxName || !utf8.ValidString(shown) || !norm.NFC.IsNormalString(shown) || strings.TrimSpace(shown) != shown {
			t.Fatalf("%+q is shown as %+q", s, shown)
		}
		if again, k, err := CleanName(shown); again != shown || k != key || err != nil {
			t.Fatalf("%+q is not stable: shown %+q, then %+q (%v)", s, shown, again, err)
		}
		for _, same := range []string{norm.NFD.String(shown), shown + "\u200B", " " + shown} {
			if _, k, err := CleanName(same); err == nil && k != key {
				t.Fatalf("%+q and %+q have different keys", shown, same)
			}
		}
		if compat, k, err := CleanName(norm.NFKC.String(shown)); err == nil && k != key {
			t.Fatalf("%+q and its compatible form %+q have different keys", shown, compat)
		}
	})
}
