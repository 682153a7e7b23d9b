package browser

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// slow4G is what Chromium's developer tools call that: 150 ms and 1.4 Mbit/s.
var slow4G = network.Conditions{Latency: 150, DownloadThroughput: 1.4e6 / 8, UploadThroughput: 750e3 / 8}

// usable is the JavaScript that notes when a visitor or an agent can begin to type.
const usable = `new MutationObserver((_, watcher) => {
	const field = document.querySelector('input:not([disabled]), textarea:not([disabled])');
	if (!field) return;
	window.usableAt = performance.now();
	watcher.disconnect();
}).observe(document, { childList: true, subtree: true });`

// showing is how a page came to a browser that had nothing of it.
type showing struct {
	Paint, Usable float64  // ms after the navigation began
	Bytes         int      // compressed, without headers
	Loaded        []string // what was requested, but for WebSockets and the tab's icon
}

func (s showing) String() string {
	return fmt.Sprintf("first paint %4.0f ms, field usable %4.0f ms, %2d requests, %5.1f KB", s.Paint, s.Usable, len(s.Loaded), float64(s.Bytes)/1000)
}

// arrives opens a page in a fresh profile over a line, and measures.
func arrives(t *testing.T, url, who string, line *network.Conditions) showing {
	t.Helper()
	g := visitors.person(t, who).tab()
	g.allow(`401`) // whoever is not signed in
	g.do("prepare", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: usable})
		if err == nil && line != nil {
			_, err = chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{line}})
		}
		return err
	}))
	g.open(url)
	g.until("it is painted and has a field", `() => window.usableAt > 0 && performance.getEntriesByName('first-contentful-paint').length > 0`)
	return get[showing](g, `() => {
		const all = performance.getEntries().filter((e) => 'encodedBodySize' in e);
		return { Paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, Usable: window.usableAt,
			Bytes: all.reduce((sum, e) => sum + e.encodedBodySize, 0), Loaded: all.map((e) => e.encodedBodySize + ' ' + e.name) };
	}`)
}

// It measures too: go test -v -run TestThePagesComeInFewRequests. The times are medians of
// five visits to a process that served the page before; each visit is one to an empty cache.
func TestThePagesComeInFewRequests(t *testing.T) {
	p := startParley(t)
	for _, page := range []struct {
		path            string
		requests, bytes int
	}{{"/", 4, 70_000}, {"/agent", 4, 104_500}, {"/ops", 5, 70_000}} {
		arrives(t, p.url+page.path, "first", nil)
		for _, line := range []struct {
			name  string
			given *network.Conditions
		}{{"localhost", nil}, {"slow 4G", &slow4G}} {
			visits := 1
			if testing.Verbose() {
				visits = 5
			}
			all := make([]showing, visits)
			for i := range all {
				all[i] = arrives(t, p.url+page.path, fmt.Sprint(line.name, i), line.given)
			}
			slices.SortFunc(all, func(a, b showing) int { return int(a.Usable - b.Usable) })
			median := all[len(all)/2]
			t.Logf("%-6s %-9s %v", page.path, line.name, median)
			if len(median.Loaded) > page.requests || median.Bytes > page.bytes {
				t.Errorf("%s: more than %d requests or %d bytes: %q", page.path, page.requests, page.bytes, median.Loaded)
			}
		}
	}
}
