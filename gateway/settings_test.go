package gateway

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/web"
)

// Another replica changes what the site chose: this one's pages have it, without a restart.
func TestThePagesHaveWhatAdminsSet(t *testing.T) {
	server := bustest.Start(t)
	g := New(Options{Metrics: prometheus.NewRegistry(), VisitorAuth: identity.Claim, Pages: web.Files, BotName: "Robi", Log: zerolog.Nop()}, server.Connect("gateway"))
	serving, stop := context.WithCancel(context.Background())
	if _, err := g.open(t.Context(), serving); err != nil {
		t.Fatal(err)
	}
	handler, err := g.handler(serving)
	if err != nil {
		t.Fatal(err)
	}
	var running sync.WaitGroup
	running.Go(func() { _ = g.site.Run(serving) })
	running.Go(func() { _ = g.hub.Run() })
	t.Cleanup(func() { stop(); running.Wait() })
	get := func(path string) string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		body, _ := io.ReadAll(w.Body)
		return string(body)
	}
	if page := get("/"); !strings.Contains(page, "{&#34;bot&#34;:&#34;Robi&#34;}") {
		t.Error("the page does not have the environment's name of the bot")
	}
	admin := settings.New(server.Connect("another"), settings.Settings{})
	if _, err := admin.Change(t.Context(), settings.Settings{Greeting: "<i>Hi</i>", Bot: "Lumi"}, 0, "ada", time.Now()); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the page has it", func() bool {
		return strings.Contains(get("/"), "{&#34;greeting&#34;:&#34;\\u003ci\\u003eHi\\u003c/i\\u003e&#34;,&#34;bot&#34;:&#34;Lumi&#34;,&#34;revision&#34;:1}")
	})
	if config := get("/api/config"); !strings.Contains(config, `"bot":"Lumi"`) {
		t.Errorf("/api/config has %s", config)
	}
}
