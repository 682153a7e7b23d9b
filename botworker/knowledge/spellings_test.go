package knowledge

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// spelled says with expressions what alike does by hand.
var spelled = []struct {
	written *regexp.Regexp
	as      string
}{
	{regexp.MustCompile(`\be-mail`), "email"},
	{regexp.MustCompile(`\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?in\b`), "login"},
	{regexp.MustCompile(`\b(?:log|sign)(?:s|ged|ging|ed|ing)?[ -]?o(?:n|ff|ut)\b`), "logout"},
	{regexp.MustCompile(`\bback(?:s|ed|ing)?[ -]?up(s?)\b`), "backup$1"},
	{regexp.MustCompile(`\bset(?:s|ting)?[ -]up\b`), "setup"},
	{regexp.MustCompile(`\blicence`), "license"},
	{regexp.MustCompile(`\bweb[ -](site|page|server|socket)`), "web$1"},
	{regexp.MustCompile(`\bcosts?\b`), "price"},
	{regexp.MustCompile(`\bopen-source\b`), "open source"},
}

func TestSpellingsAreUnifiedAsTheExpressionsSay(t *testing.T) {
	pieces := strings.Split("e-mail,log,sign,s,ged,ging,ed,ing,in,on,off,out,back,up,ups,set,ting,licence,web,site,page,server,socket,cost,costs,open-source,open, , , ,-,-,x,é,1,_,.", ",")
	r, changed := rand.New(rand.NewPCG(3, 4)), 0
	for range 8_000 {
		var b strings.Builder
		for range 1 + r.IntN(9) {
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
		text := b.String()
		want := text
		for _, s := range spelled {
			want = s.written.ReplaceAllString(want, s.as)
		}
		if want != text {
			changed++
		}
		if got := alike(text); got != want {
			t.Fatalf("%q: %q, want %q", text, got, want)
		}
	}
	if changed < 400 {
		t.Errorf("only %d texts had such a spelling", changed)
	}
}
