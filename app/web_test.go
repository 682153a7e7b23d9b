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

// Connections that ask for nothing are closed for others once an address has its share of
// them, and counted. Pages are served meanwhile.
func TestConnectionsThatAskForNothingDoNotKeepPagesFromOthers(t *testing.T) {
	// Below the range for outgoing connections, one of which could take the port meanwhile.
	free := func() string {
		for {
			l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(17000)))
			if err == nil {
				defer func() { _ = l.Close() }()
				return l.Addr().String()
			}
		}
	}
	addr, health := free(), free()
	cmd := program(t.Context(), t, []string{"ADDR=" + addr, "HEALTH_ADDR=" + health, "GATEWAY_URL=http://127.0.0.1:1", "LOG_LEVEL=error"}, "web")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
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
