package limit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/parley-chat/parley/gateway/limit"
)

func TestAnAdminReadsWhatASiteLacksToShowTheChat(t *testing.T) {
	const ours = "https://chat.shop.example"
	for _, c := range []struct {
		address, ours string
		allowed       []string
		origin        string
		has, hasNot   []string
	}{
		{"https://shop.example/contact?x=1", ours, []string{"https://shop.example"}, "https://shop.example", []string{"good lets this site", "good go together", "hint www.shop.example", "hint frame-src https://chat.shop.example"}, []string{"bad"}},
		{" shop.example ", ours, nil, "https://shop.example", []string{"bad ALLOWED_ORIGINS=https://shop.example"}, nil},
		{"HTTPS://Shop.Example:443", ours, []string{"https://other.example"}, "https://shop.example", []string{"bad ALLOWED_ORIGINS=https://other.example,https://shop.example"}, nil},
		{"https://shop.example", ours, []string{"*"}, "https://shop.example", []string{"good every site"}, []string{"bad", "www."}},
		{"http://shop.example", ours, []string{"https://shop.example"}, "http://shop.example", []string{"bad another scheme", "hint doesn't use https"}, nil},
		{"https://www.shop.example", ours, []string{"https://*.shop.example"}, "https://www.shop.example", []string{"good lets", "hint https://shop.example is another site"}, []string{"bad"}},
		{"https://shop.example", "http://chat.shop.example", []string{"https://shop.example"}, "https://shop.example", []string{"good lets", "bad browsers refuse"}, nil},
		{"https://shop.example", "http://localhost:8080", []string{"https://shop.example"}, "https://shop.example", []string{"bad only this computer"}, nil},
		{"http://localhost:3000", "http://localhost:8080", []string{"http://localhost:*"}, "http://localhost:3000", []string{"good lets", "good go together"}, []string{"bad", "www."}},
		{"http://localhost:8080/agent", "http://localhost:8080", nil, "http://localhost:8080", []string{"good own address"}, []string{"bad", "Content-Security-Policy"}},
		{"https://shop.example", "https://shop.example/help", nil, "https://shop.example", []string{"good own address"}, []string{"bad"}},
		{"https://a.shop.example", "https://b.example/help", []string{"https://a.shop.example"}, "https://a.shop.example", []string{"hint frame-src https://b.example/help/"}, []string{"www."}},
	} {
		origin, findings, problem := limit.Embedding(c.address, c.ours, c.allowed)
		if problem != "" || origin != c.origin {
			t.Errorf("%q: %q, %s", c.address, origin, problem)
			continue
		}
		all := ""
		for _, f := range findings {
			all += f.Level + " " + f.Text + " " + f.Line + "\n"
		}
		for _, want := range c.has { // a level, and words of the same finding
			level, words, _ := strings.Cut(want, " ")
			if !slices.ContainsFunc(findings, func(f limit.Finding) bool { return f.Level == level && strings.Contains(f.Text+" "+f.Line, words) }) {
				t.Errorf("%q at %s with %q: %q is missing in\n%s", c.address, c.ours, c.allowed, want, all)
			}
		}
		for _, no := range c.hasNot {
			if strings.Contains("\n"+all, "\n"+no+" ") || no != "bad" && strings.Contains(all, no) {
				t.Errorf("%q at %s with %q: there is %q in\n%s", c.address, c.ours, c.allowed, no, all)
			}
		}
	}
}

func TestWhatIsNoSiteIsRefusedWithASentence(t *testing.T) {
	for _, address := range []string{"", "   ", "https://", "not an address", "https://*.shop.example", "javascript:alert(1)", "https://ada:secret@shop.example", "file:///home/ada/x.html", "https://shop.example:99999", "ftp://shop.example", strings.Repeat("a", 3000) + ".example", "https://<script>"} {
		if origin, findings, problem := limit.Embedding(address, "https://chat.example", nil); !strings.HasSuffix(problem, ".") || findings != nil {
			t.Errorf("%q: %q, %v, %q", address, origin, findings, problem)
		}
	}
}
