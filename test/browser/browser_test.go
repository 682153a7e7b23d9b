package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser is one Chromium process.
type browser struct {
	ctx   context.Context
	close func()
}

// openBrowser starts a Chromium that connects only to loopback. The returned browser
// can be closed even if there is an error.
func openBrowser(dir string) (*browser, error) {
	path, err := findChromium()
	if err != nil {
		return &browser{close: func() {}}, err
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-extensions", true),
		chromedp.Flag("disable-default-apps", true),
		chromedp.Flag("disable-breakpad", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("disable-background-timer-throttling", true),
		chromedp.Flag("disable-backgrounding-occluded-windows", true),
		chromedp.Flag("disable-renderer-backgrounding", true),
		chromedp.Flag("password-store", "basic"),
		chromedp.Flag("use-mock-keychain", true),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"),
	)
	// Whatever matters to a test fails it; the driver's own complaints (about a tab
	// that is already gone) would only clutter the results.
	ctx, cancel := chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b := &browser{ctx: ctx, close: func() { cancel(); stop() }}
	if err := chromedp.Do(ctx); err != nil {
		return b, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

func findChromium() (string, error) {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("no Chromium is in the path; install Debian's package chromium, or set CHROMIUM")
}

// profile is a browser profile with its own storage and cookies, discarded after the
// test.
type profile struct {
	t   *testing.T
	who string // identifies it in failures and pictures
	ctx context.Context
	// tabs counts its tabs, to name them.
	tabs int
}

// person opens a fresh profile in a browser.
func (b *browser) person(t *testing.T, who string) *profile {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a profile for %s: %v", who, err)
	}
	t.Cleanup(cancel)
	return &profile{t: t, who: who, ctx: ctx}
}

// patience is how long a condition may take to become true. It is long because a loaded
// machine is not a failure.
const patience = 3 * time.Minute

// eventually waits until look succeeds. look returns what it saw, for the failure
// message.
func eventually(t *testing.T, what string, look func() (ok bool, saw string)) {
	t.Helper()
	if saw, ok := within(patience, look); !ok {
		t.Fatalf("not within %v: %s\nlast seen: %s", patience, what, saw)
	}
}

// within calls look until it succeeds or the time is up.
func within(limit time.Duration, look func() (ok bool, saw string)) (saw string, ok bool) {
	over := time.After(limit)
	pulse := time.NewTicker(25 * time.Millisecond)
	defer pulse.Stop()
	for {
		if ok, saw = look(); ok {
			return saw, true
		}
		select {
		case <-over:
			return saw, false
		case <-pulse.C:
		}
	}
}
