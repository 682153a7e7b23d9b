package app

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// freePorts returns addresses at which nothing listens, of ports below the range for outgoing
// connections, one of which could take them meanwhile.
func freePorts(t *testing.T, n int) (out []string) {
	t.Helper()
	for len(out) < n {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000)))
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }()
		out = append(out, l.Addr().String())
	}
	return out
}

// pagesAlone starts the pages' role with settings, beside a gateway that is away.
func pagesAlone(t *testing.T, settings ...string) (addr, health string) {
	t.Helper()
	free := freePorts(t, 2)
	addr, health = free[0], free[1]
	cmd := program(t.Context(), t, append(settings, "ADDR="+addr, "HEALTH_ADDR="+health, "GATEWAY_URL=http://127.0.0.1:1", "LOG_LEVEL=error"), "web")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return addr, health
}

// A page of the pages' role lets through WebSockets to what PUBLIC_URL names, and never to a
// host that somebody only forwarded, which a cache might keep for all.
func TestAPageOfThePagesRoleNamesNoForwardedHostBesidesPublicURL(t *testing.T) {
	addr, _ := pagesAlone(t, "PUBLIC_URL=https://chat.example.org", "TRUSTED_PROXIES=127.0.0.1/32")
	policy := ""
	bustest.Eventually(t, "the page", func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-Host", "evil.example.com")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		policy = answer.Header.Get("Content-Security-Policy")
		return answer.StatusCode == http.StatusOK
	})
	if !strings.Contains(policy, "wss://chat.example.org") || strings.Contains(policy, "evil.example.com") {
		t.Errorf("the page's policy is %s", policy)
	}
}

// Connections that ask for nothing are closed for others once an address has its share of
// them, and counted. Pages are served meanwhile.
func TestConnectionsThatAskForNothingDoNotKeepPagesFromOthers(t *testing.T) {
	addr, health := pagesAlone(t)
	read := func(url string) string {
		answer, err := http.Get("http://" + url)
		if err != nil {
			return ""
		}
		defer func() { _ = answer.Body.Close() }()
		text, _ := io.ReadAll(answer.Body)
		return string(text)
	}
	bustest.Eventually(t, "the pages to be served", func() bool { return strings.Contains(read(addr+"/"), "<!doctype html>") })
	const share = 1000 // what one address may have
	for range share + 10 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	bustest.Eventually(t, "what idles to be closed", func() bool {
		return strings.Contains(read(health+"/metrics"), `parley_web_turned_away_total{reason="idle"}`)
	})
	if !strings.Contains(read(addr+"/"), "<!doctype html>") {
		t.Error("no page is served any more")
	}
}
