package wish_test

import (
	_ "embed"
	"strconv"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/wish"
)

//go:embed testdata/wishes.tsv
var table string

// readings are how the table writes what a text says.
var readings = map[wish.Reading]string{wish.Nothing: "nothing", wish.Unclear: "unclear", wish.Wanted: "wanted"}

// rows calls with each row of the table.
func rows(t *testing.T, with func(want, text string)) {
	t.Helper()
	n := 0
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "#  ") {
			continue
		}
		want, text, ok := strings.Cut(line, "\t")
		if !ok {
			t.Fatalf("no tab: %q", line)
		}
		if strings.Contains(text, `\u`) {
			plain, err := strconv.Unquote(`"` + text + `"`)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			text = plain
		}
		n++
		with(want, text)
	}
	if n < 150 {
		t.Fatalf("the table has %d rows", n)
	}
}

func TestTheCommandIsKnownInTheFormsThatPeopleTypeAndInNoOther(t *testing.T) {
	rows(t, func(want, text string) {
		if got := (wish.Words{}).Called(text); got != (want == "command") {
			t.Errorf("%q: called %v, want %s", text, got, want)
		}
	})
}

func TestAWishForAPersonIsToldFromWhatMentionsOne(t *testing.T) {
	rows(t, func(want, text string) {
		if want == "command" {
			want = "wanted"
		}
		if got := readings[wish.Read(text)]; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	})
}

func TestASitesOwnPhrasesCallAPerson(t *testing.T) {
	words := wish.NewWords("talk to sales", "Büro", "転送", " ", "…", "مساعدة بشرية")
	for text, want := range map[string]bool{
		"talk to sales": true, "Talk to Sales!": true, "please talk to sales now": true, "“talk to sales”": true, "TALK  TO\nSALES": true,
		"büro": true, "Buro bitte": true, "Bu\u0308ro": true, "ＢÜＲＯ": true, "転送": true, "転送お願いします": true, "مساعدة بشرية من فضلك": true,
		"escalate": true, "Escalate!": true,
		"where can I talk to sales?": false, "talk to sales people in person": false, "Bürostuhl": false, "das Büro ist zu": false, "please": false, "": false, " ": false, "…": false, "!": false,
	} {
		if got := words.Called(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestLongTextsAreNoWishes(t *testing.T) {
	for _, s := range []string{strings.Repeat("escalate ", 200), strings.Repeat("human ", 300), strings.Repeat("a ", 2000), strings.Repeat("\u0301", 4000), ""} {
		if (wish.Words{}).Called(s) || wish.Read(s) != wish.Nothing {
			t.Errorf("%.20q", s)
		}
	}
}

func BenchmarkOrdinaryMessages(b *testing.B) {
	words := wish.NewWords("talk to sales", "Berater", "hotline")
	for name, text := range map[string]string{
		"short": "how do I scale the gateway?", "sentence": "Hello, I ordered two pairs of shoes on Monday, and only one of them arrived. Where is the other?",
		"cyrillic": "Здравствуйте, где моя посылка, я жду уже неделю", "chinese": "我的包裹在哪里？我已经等了一个星期了", "long": strings.Repeat("where is my parcel ", 200), "person": "a tent for one person please",
	} {
		b.Run("called/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				words.Called(text)
			}
		})
		b.Run("read/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				wish.Read(text)
			}
		})
	}
}

// FuzzRead: nothing that is typed makes it fail, and what is no longer than a message is
// read quickly.
func FuzzRead(f *testing.F) {
	rows := strings.Split(table, "\n")
	for _, r := range rows {
		f.Add(r)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words := wish.NewWords(s)
		if key := wish.Key(s); key != "" && len(s) <= 400 && !words.Called(s) {
			t.Errorf("%q is not its own phrase", s)
		}
		wish.Read(s)
	})
}
