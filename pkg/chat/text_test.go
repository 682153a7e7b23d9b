package chat_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestATextIsKeptAsItWasTyped(t *testing.T) {
	for _, s := range []string{
		"hello", "two\nlines\tand a tab\n.", "👩‍👩‍👧‍👦 family", "שלום עולם", "é e\u0301", "\u202eright to left", "<script>alert(1)</script>",
		"[x](javascript:alert(1))", "%s %n %d", "chat.*.>", strings.Repeat("𝕏", chat.MaxText), "a  b", "a\u200cb",
	} {
		got, err := chat.CleanText(s)
		if err != nil || got != strings.TrimSpace(s) {
			t.Errorf("%q became %q, %v", s, got, err)
		}
	}
}

func TestATextThatCantBeShownIsRefusedWithASentence(t *testing.T) {
	for _, c := range []struct {
		text    string
		tooLong bool
	}{
		{"", false},
		{" \n\t\u00a0\u2003", false},
		{"\x00\x1b[31m\r\n\ufeff\u00ad", false},
		{"\xff\xfe", false},
		{"cut \xe2\x82", false},
		{"surrogate \xed\xa0\x80", false},
		{strings.Repeat("x", chat.MaxText+1), true},
		{strings.Repeat("𝕏", chat.MaxText+1), true},
		{"\x00" + strings.Repeat("x\u00ad", chat.MaxText+1), true},
	} {
		_, err := chat.CleanText(c.text)
		var bad *chat.TextError
		if !errors.As(err, &bad) || bad.TooLong != c.tooLong || !strings.HasSuffix(bad.Sentence, ".") {
			t.Errorf("%.20q: %v", c.text, err)
		}
	}
}

func TestACleanTextIsClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringN(3990, 4010, -1), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		got, err := chat.CleanText(s)
		if err != nil {
			return
		}
		n := utf8.RuneCountInString(got)
		if !utf8.ValidString(got) || n < 1 || n > chat.MaxText || got != strings.TrimSpace(chat.Clean(s)) {
			t.Fatalf("%q became %q", s, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && !strings.ContainsRune("\n\t", r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if again, err := chat.CleanText(got); err != nil || again != got {
			t.Fatalf("cleaned twice: %q, %v", again, err)
		}
	})
}

func TestAClientsIDIsPrintableASCII(t *testing.T) {
	for id, good := range map[string]bool{
		"1": true, "0190c2f6-6b9a-7c3e": true, "~!@#$%^&*()/": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a\n": false, "é": false, "\x00": false, "\x7f": false,
	} {
		if err := chat.CheckClientID(id); (err == nil) != good {
			t.Errorf("%q: %v", id, err)
		}
	}
}
