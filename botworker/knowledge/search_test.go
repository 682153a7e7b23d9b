package knowledge

import (
	"context"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func builtinIndex(tb testing.TB) *Index {
	tb.Helper()
	ix, err := Load(context.Background(), Builtin())
	if err != nil {
		tb.Fatal(err)
	}
	return ix
}

// The built-in pages answer what people ask about Parley, and nothing else.
func TestBuiltinPagesAnswerQuestionsAboutParley(t *testing.T) {
	ix := builtinIndex(t)
	if len(ix.Warnings()) > 0 {
		t.Errorf("warnings: %q", ix.Warnings())
	}
	for q, page := range map[string]string{
		"how can I talk to a human?":                        "talk-to-a-person.md",
		"what does escalate do":                             "talk-to-a-person.md",
		"how do I install and run parley":                   "run.md",
		"which enviroment variables are there":              "settings.md",
		"how do I put the chat on my own website":           "embed.md",
		"can messages get lost or duplicated":               "guarantees.md",
		"how do i make the bot use my own documents":        "bot.md",
		"can it use a language model like openai":           "bot.md",
		"what is parley":                                    "what-is-parley.md",
		"how do I scale the workers to more replicas":       "roles-and-scaling.md",
		"why does my name belong to another visitor":        "visitor-page.md",
		"where do agents sign in":                           "console.md",
		"are there cookies? what about privacy":             "privacy.md",
		"how long are chats kept":                           "privacy.md",
		"is it free or does it cost money?":                 "what-is-parley.md",
		"set the port and address where it listens":         "run.md,settings.md",
		"what happens when the internet connection is lost": "visitor-page.md",
	} {
		found := ix.Search(q, 1)
		if len(found) == 0 || !strings.Contains(page, found[0].Path) || found[0].Confidence < Threshold {
			t.Errorf("%q: want %s, got %+v", q, page, found)
		}
	}
	for _, q := range []string{"what's the weather tomorrow", "how do I bake sourdough bread", "my parcel has not arrived", "who won the world cup"} {
		if found := ix.Search(q, 1); len(found) > 0 && found[0].Confidence >= Threshold {
			t.Errorf("%q is answered: %+v", q, found[0])
		}
	}
}

func TestTyposAndFormsOfAWordAreFound(t *testing.T) {
	ix := load(t, map[string]string{
		"a.md": "# Repositories\n\nAdd a repository by its address.",
		"b.md": "# Café\n\nThe café opens at nine. Use apt-get there.",
		"c.md": "# 数据\n\n数据保存在数据库里。",
	})
	for q, path := range map[string]string{
		"repositry": "a.md", "REPOSITORIES": "a.md", "repositories addresses": "a.md", "cafe": "b.md", "CAFÉ": "b.md",
		"apt-get": "b.md", "apt get": "b.md", "数据库": "c.md", "cafe’s": "b.md",
	} {
		if found := ix.Search(q, 1); len(found) == 0 || found[0].Path != path || found[0].Confidence < Threshold {
			t.Errorf("%q: %+v", q, found)
		}
	}
}

func TestNothingInAQueryIsSyntax(t *testing.T) {
	ix := load(t, map[string]string{"a.md": "# Shoes\n\nShoes are sold in pairs."})
	for _, q := range []string{
		`"`, `""`, `shoes"`, `"shoes`, `shoes OR`, `AND`, `NOT`, `NEAR(shoes pairs)`, `title:`, `{title} : x`, `shoes*`, `^shoes`, `-shoes`,
		`(`, `)`, `shoes)`, `+`, `shoes + pairs`, `'; DROP TABLE passages; --`, "\x00", "shoes\x00", "\xff\xfe", `\`, `shoes\`, `%s%d%n`, `:`, `..`, `--`,
	} {
		for _, p := range ix.Search(q, 3) {
			if p.Path != "a.md" {
				t.Errorf("%q: %+v", q, p)
			}
		}
	}
	for _, q := range []string{`"shoes`, `title: shoes`, `shoes*`, `(shoes`, `NOT shoes`} {
		if len(ix.Search(q, 1)) != 1 {
			t.Errorf("%q finds nothing", q)
		}
	}
	if got := ix.Search("shoes", 0); got != nil {
		t.Errorf("limit 0: %+v", got)
	}
	if got := ix.Search("the of and", 3); got != nil {
		t.Errorf("stop words only: %+v", got)
	}
}

func TestSearchIsDeterministicAndConcurrent(t *testing.T) {
	queries := []string{"how do I run it", "escalate to a person", "redis", "settings of the bot knowldge", "数据", "queue place"}
	first := builtinIndex(t)
	want := map[string][]Passage{}
	for _, q := range queries {
		want[q] = first.Search(q, 5)
	}
	second := builtinIndex(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, q := range queries {
				if got := second.Search(q, 5); !reflect.DeepEqual(got, want[q]) {
					t.Errorf("%q: %+v, want %+v", q, got, want[q])
				}
			}
		})
	}
	wg.Wait()
}

func TestConfidenceGrowsWithWhatIsCovered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.Float64Range(0, 1)
		f := finding{words: rapid.IntRange(1, 9).Draw(t, "words"), here: share.Draw(t, "here"), beside: share.Draw(t, "beside"),
			page: share.Draw(t, "page"), heading: share.Draw(t, "heading")}
		f.asked = rapid.IntRange(f.words, 10).Draw(t, "asked")
		c := f.confidence()
		if c < 0 || c > 1 || math.IsNaN(c) {
			t.Fatalf("confidence %v of %+v", c, f)
		}
		more := f
		more.here = min(1, more.here+0.1)
		more.words, more.asked = more.words+1, more.asked+1
		if more.confidence() < c-1e-9 && f.words > 1 {
			t.Fatalf("covering more lowers the confidence: %+v", f)
		}
	})
}

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"pakage", "package", 1}, {"teh", "the", 1}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"repositry", "repository", 1}} {
		if got := distance([]rune(c.a), []rune(c.b), 3); got != c.want {
			t.Errorf("%s to %s = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// FuzzSearch: any text may be asked. It finds whole passages or nothing, and
// what is looked up are letters, digits and marks.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"how do I escalate?", `"`, "a\"b", "NEAR(", "{body}:x", "*", "日本語のテキスト", "don't can't", "e\u0301", "👩‍👩‍👧", "\x00", "\xff",
		strings.Repeat("a", 5000), strings.Repeat("x ", 3000), "a.b.c-d_e/f", "ไทย", "İ", "ß", "apt-get's", "1.2.3", "'", "-", "’"} {
		f.Add(s)
	}
	ix := builtinIndex(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, term := range ix.terms(s) {
			if utf8.RuneCountInString(term.text) > 5*maxTerm || strings.ContainsAny(term.text, "\"'*^:(){}") {
				t.Errorf("%q makes the term %q", s, term.text)
			}
		}
		for _, p := range ix.Search(s, 3) {
			if p.Text == "" || p.Path == "" || p.Page == "" || !(p.Confidence >= 0 && p.Confidence <= 1) {
				t.Errorf("%q finds %+v", s, p)
			}
		}
	})
}

func BenchmarkSearch(b *testing.B) {
	ix := builtinIndex(b)
	for b.Loop() {
		ix.Search("how do I give the bot my own knowledge", 1)
	}
}
