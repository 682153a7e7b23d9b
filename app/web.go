package app

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/web"
	"github.com/parley-chat/parley/web/server"
)

func prepareWeb(context.Context, *system) (starter, error) {
	return func(_ context.Context, s *system, _ *bus.Conn) (unit, error) {
		first, _ := json.Marshal(settings.Settings{Bot: s.BotName}.Face()) // it can be encoded
		w, err := server.New(server.Options{
			Server: s.front, Files: web.Files, FrameAncestors: s.origins, Base: s.site.Base(), Below: s.site.Below,
			Hosts:   func(r *http.Request) []string { return s.site.PageHosts(r, s.proxies) },
			Bound:   func(shed func(string)) func(net.Conn, http.ConnState) { return admission.PendingConns(s.proxies, shed) },
			Gateway: strings.TrimRight(s.GatewayURL, "/"), GatewayHost: s.site.Host(), First: first,
			Metrics: s.metrics, Log: s.log, Started: func() {
				s.health.Began(func() error { return nil })
				announcePages(os.Stdout, s.LogFormat, s.front.Addr(), s.site)
				s.runs()
			},
		})
		if err != nil {
			return unit{}, err
		}
		return unit{run: w.Run}, nil
	}, nil
}
