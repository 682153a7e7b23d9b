package chat

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// The pages' test reads the same table: web/test/clean.test.js.
func TestATextIsCleanedAsTheTableSays(t *testing.T) {
	data, err := os.ReadFile("testdata/clean.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		What, Typed, Clean string
		Nothing            bool // nobody sees anything in it
	}
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) < 40 {
		t.Fatalf("the table has %d rows only", len(rows))
	}
	for _, row := range rows {
		if got := Clean(row.Typed); got != row.Clean {
			t.Errorf("%s: %+q became %+q, want %+q", row.What, row.Typed, got, row.Clean)
		}
		if _, err := CleanText(row.Typed); (err != nil) != row.Nothing && strings.TrimSpace(row.Clean) != "" {
			t.Errorf("%s: %+q alone: %v, want it refused: %v", row.What, row.Typed, err, row.Nothing)
		}
		if got, err := CleanText("x" + row.Typed); err != nil || got != strings.TrimSpace(Clean("x"+row.Typed)) {
			t.Errorf("%s: %+q became %+q, %v", row.What, row.Typed, got, err)
		}
	}
}

func TestEveryCharacterAloneIsKeptOrDirty(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := "a" + string(r) + "b"
		switch got := Clean(s); {
		case got == s && dirty(r), got != s && !dirty(r):
			t.Errorf("%U: dirty %v, but %+q became %+q", r, dirty(r), s, got)
		case got != s && got != "ab" && got != "a\nb":
			t.Errorf("%U: %+q became %+q", r, s, got)
		case got != s && r != 0xFFFC && (unicode.IsGraphic(r) || unicode.IsMark(r)):
			t.Errorf("%U can be seen, and was dropped", r)
		}
	}
}

func TestCleaningTwiceChangesNothing(t *testing.T) {
	parts := []string{"\x1b", "[", "]", "0;", "m", "\a", "\\", "\u009b", "\u009d", "\u009c", "\r", "\n", "\v", "a", " ", "(", "B", "P", "\ufeff", "\U0001F3F4", "\U000E0067", "\U000E007F", "\x00", "\u200d"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom(parts)).Draw(t, "parts"), "")
		once := Clean(s)
		if twice := Clean(once); twice != once {
			t.Fatalf("%+q became %+q, then %+q", s, once, twice)
		}
		if i := strings.IndexFunc(once, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }); i >= 0 {
			t.Fatalf("%+q became %+q", s, once)
		}
	})
}

func TestACleanTextCostsNoMemory(t *testing.T) {
	s := strings.Repeat("Grüße 👋🏽 안녕 ", 300)
	if n := testing.AllocsPerRun(100, func() { Clean(s) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// What arrives in pieces is cleaned as if it were whole, wherever it is cut.
func TestATextIsCleanedInPieces(t *testing.T) {
	whole := "a\x1b[31mred\x1b[0m\r\nb\x1b]0;title\ac\x1b]8;;x\x1b\\d\x1bPq\x1b\\\re\ufeff\u009b1mf\x1b(B \U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F g\x1b7"
	want := Clean(whole)
	pieces := func(cut func(i int) bool) (got string) {
		rest := ""
		for i, r := range []rune(whole) {
			rest += string(r)
			if cut(i) {
				var clean string
				clean, rest = CleanPart(rest)
				got += clean
			}
		}
		return got + Clean(rest)
	}
	if got := pieces(func(int) bool { return true }); got != want {
		t.Errorf("in characters: %+q, want %+q", got, want)
	}
	for at := range []rune(whole) {
		if got := pieces(func(i int) bool { return i == at }); got != want {
			t.Errorf("cut after character %d: %+q, want %+q", at, got, want)
		}
	}
	if _, rest := CleanPart("\x1b]0;" + strings.Repeat("x", 2*maxRest)); len(rest) > maxRest {
		t.Errorf("%d bytes are kept back", len(rest))
	}
}
