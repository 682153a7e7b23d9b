package loads

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/pages"
	"github.com/parley-chat/parley/web"
)

const one, two = "0123456789abcdef", "fedcba9876543210"

// page is one as they are served: its script and its style say of which version they are.
func page(script, style string) string {
	return fmt.Sprintf("<!doctype html><html><script>//# sourceMappingURL=/static/%s/main.js.map</script><style>/*# sourceMappingURL=/static/%s/main.css.map */</style></html>\n", script, style)
}

func TestAPageThatCanNotBeStartedIsFound(t *testing.T) {
	var answer http.HandlerFunc
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(w, r) }))
	defer s.Close()
	says := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			_, _ = fmt.Fprint(w, text)
		}
	}
	for _, c := range []struct {
		name, fault string
		answer      http.HandlerFunc
	}{
		{"whole", "", says(page(one, one))},
		{"of two versions", "of the versions " + one + ", " + two, says(page(one, two))},
		{"with a file of another version", "of the versions", says(strings.Replace(page(one, one), "</html>", `<link rel="icon" href="/?`+"/static/"+two+`/x"></html>`, 1))},
		{"with a file that is not there", "404", says(strings.Replace(page(one, one), "<script>", `<script type="module" src="/static/`+one+`/gone.js"></script><script>`, 1))},
		{"cut off", "cut off", says(page(one, one)[:60])},
		{"of no version", "nothing in the page", says("<html></html>")},
		{"refused", "502", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer = c.answer
			l := &Loader{URL: s.URL, Pages: []string{"/"}}
			version, err := l.load(t.Context(), "/")
			l.note("/", version, 0, err)
			_, err = l.Figures()
			if c.fault == "" && (err != nil || version != one || l.Versions() != 1 || l.Latest() != one) {
				t.Errorf("version %q: %v", version, err)
			}
			if c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// The pages as they are have exactly one version that can be read here.
func TestTheVersionOfARealPageIsRead(t *testing.T) {
	real, err := pages.New(web.Files, pages.Options{})
	if err != nil {
		t.Fatal(err)
	}
	both := http.NewServeMux()
	both.Handle("/", real)
	both.HandleFunc("/api/config", func(http.ResponseWriter, *http.Request) {}) // a gateway's
	s := httptest.NewServer(both)
	defer s.Close()
	l := &Loader{URL: s.URL}
	for _, at := range []string{"/", "/agent", "/ops"} {
		if version, err := l.load(t.Context(), at); err != nil || version == "" {
			t.Errorf("%s: %q, %v", at, version, err)
		}
	}
}

func TestTheFrontLeadsToGatewaysAndPages(t *testing.T) {
	named := func(name string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, name, " ", r.Host) }))
		t.Cleanup(s.Close)
		return strings.TrimPrefix(s.URL, "http://")
	}
	f, err := StartFront([]string{named("gateway")}, []string{named("pages")})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	l := &Loader{URL: f.URL}
	for path, who := range map[string]string{"/": "pages", "/agent": "pages", "/static/a": "pages", "/ws": "gateway", "/ws/agent": "gateway", "/api/config": "gateway", "/wsx": "pages"} {
		if got, err := l.get(t.Context(), path); err != nil || got != who+" "+strings.TrimPrefix(f.URL, "http://") {
			t.Errorf("%s is answered by %q, %v", path, got, err)
		}
	}
}
