package frame

import (
	"encoding/json"
	"strings"
	"testing"
)

// What a page says of itself is never a reason to refuse a hello: what may be there is
// taken, and everything else is dropped.
func TestWhatAPageSaysOfItselfIsTakenOrDroppedAndNeverRefused(t *testing.T) {
	long := strings.Repeat("a", 600)
	for _, c := range []struct {
		what, about string
		want        About
	}{
		{"all of it", `{"page":"https://Shop.example/cart","language":"pt-BR","zone":"America/Argentina/Buenos_Aires","device":"Safari · iPhone"}`,
			About{Page: "https://shop.example/cart", Language: "pt-BR", Zone: "America/Argentina/Buenos_Aires", Device: "Safari · iPhone"}},
		{"where they came from", `{"referrer":"https://news.example/a/b?utm=1&token=s#x"}`, About{Referrer: "https://news.example/a/b"}},
		{"a script for a referrer", `{"referrer":"javascript:alert(1)"}`, About{}},
		{"attributes", `{"attributes":{"plan":"pro","seats":12,"trial":false,"off":null,"empty":" ","a":{"b":1}}}`,
			About{Attributes: `[{"key":"plan","value":"pro"},{"key":"seats","value":"12"},{"key":"trial","value":"false"}]`}},
		{"attributes that say who vouches for them", `{"attributes":[{"key":"plan","value":"pro","by":"signed"}]}`, About{}},
		{"attributes of control characters", `{"attributes":{"pl\u0007an":"p\u0000r\u202eo\n\u001b[31mx"}}`, About{Attributes: `[{"key":"plan","value":"pro x"}]`}},
		{"markup for an attribute", `{"attributes":{"<b>":"<img src=x>"}}`, About{Attributes: `[{"key":"\u003cb\u003e","value":"\u003cimg src=x\u003e"}]`}},
		{"a page's secrets", `{"page":"https://ada:pass@shop.example:8443/reset;jsessionid=1F?token=abc#part"}`, About{Page: "https://shop.example:8443/reset"}},
		{"a page without a path", `{"page":"http://[::1]:8080"}`, About{Page: "http://[::1]:8080"}},
		{"a page in another script", `{"page":"https://shop.example/Größe"}`, About{Page: "https://shop.example/Gr%C3%B6%C3%9Fe"}},
		{"a long path", `{"page":"https://shop.example/` + long + `"}`, About{Page: "https://shop.example/"}},
		{"a long host", `{"page":"https://` + long + `.example/"}`, About{}},
		{"a script", `{"page":"javascript:alert(1)"}`, About{}},
		{"a script in disguise", `{"page":" javascript://shop.example/%0aalert(1)"}`, About{}},
		{"a script with a host", `{"page":"javascript://shop.example/%0aalert(1)"}`, About{}},
		{"another scheme", `{"page":"ftp://shop.example/"}`, About{}},
		{"data", `{"page":"data:text/html,hello"}`, About{}},
		{"a file", `{"page":"file:///etc/passwd"}`, About{}},
		{"no host", `{"page":"https:///path"}`, About{}},
		{"an opaque address", `{"page":"https:shop.example"}`, About{}},
		{"markup for a host", `{"page":"https://<b>shop</b>/"}`, About{}},
		{"a host in another script", `{"page":"https://ѕhop.example/"}`, About{}},
		{"a control character", `{"page":"https://shop.example/\u0007","device":"Fire\u0000fox ·\u202e Linux","language":"e\u0001n"}`, About{}},
		{"a line break", `{"device":"Firefox\n · \u001b[31mLinux"}`, About{Device: "Firefox · Linux"}},
		{"markup for a device", `{"device":"<img src=x>"}`, About{}},
		{"a long device", `{"device":"` + long + `"}`, About{}},
		{"a sentence for a language", `{"language":"as you like","zone":"Mars"}`, About{Zone: "Mars"}},
		{"steps in a zone", `{"zone":"../../etc/passwd"}`, About{}},
		{"wrong types", `{"page":7,"language":["en"],"zone":{"a":1},"device":true}`, About{}},
		{"one of a wrong type", `{"page":null,"language":"en"}`, About{Language: "en"}},
		{"a list", `["https://shop.example/"]`, About{}},
		{"a word", `"https://shop.example/"`, About{}},
		{"null", `null`, About{}},
		{"something else", `{"shoe":"42"}`, About{}},
		{"too much", `{"language":"en","rest":"` + strings.Repeat("x", 49<<10) + `"}`, About{}},
	} {
		f, err := Parse([]byte(`{"t":"hello","name":"Ada","about":` + c.about + `,"token":"x"}`))
		if err != nil || f.Name != "Ada" || f.Token != "x" {
			t.Errorf("%s: the hello is refused: %+v, %v", c.what, f, err)
			continue
		}
		var got About
		if f.About.About != nil {
			got = *f.About.About
		}
		if got != c.want || (f.About.About == nil) != (c.want == About{}) {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
	var whole Said
	if err := json.Unmarshal([]byte(`{"page":"https://shop.example/`+strings.Repeat("a", 10<<20)+`"}`), &whole); err != nil || whole.About != nil {
		t.Errorf("ten megabytes: %+v, %v", whole.About, err)
	}
}

func TestTheSiteOfAVisitorIsTheHostOfThePage(t *testing.T) {
	for page, want := range map[string]string{"https://shop.example/cart": "shop.example", "http://[::1]:8080/": "[::1]:8080", "": ""} {
		if got := (Known{Page: page}).Site(); got != want {
			t.Errorf("%q: %q", page, got)
		}
	}
}
