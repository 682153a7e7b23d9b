package wish

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/pattern"
)

// Whether an expression is asked at all must not change what is read: each text of the table
// is matched with the bare expressions, too.
func TestNoWishIsMissedForWantOfAPiece(t *testing.T) {
	table, err := os.ReadFile("testdata/wishes.tsv")
	if err != nil {
		t.Fatal(err)
	}
	bare := map[*pattern.Pattern]*regexp.Regexp{}
	asked, agree := 0, func(p *pattern.Pattern, s string) {
		if p == nil {
			return
		}
		if bare[p] == nil {
			bare[p] = regexp.MustCompile(p.String())
		}
		if got, want := p.MatchString(s), bare[p].MatchString(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
	for line := range strings.Lines(string(table)) {
		_, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		words := fold(text).words()
		for _, p := range []*pattern.Pattern{unclear(), mentions(), commandForms()} {
			agree(p, words)
		}
		of := mentioned(words)
		for i := range languages {
			if l := &languages[i]; of.has(i) {
				s := words
				if l.tight {
					s = squeezed(s)
				}
				wish, veto := l.compiled()
				agree(wish, once(s))
				agree(veto, once(s))
				asked++
			}
		}
	}
	if asked < 400 {
		t.Errorf("only %d texts mention a person", asked)
	}
}
