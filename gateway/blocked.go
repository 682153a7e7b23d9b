package gateway

import (
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/outage"
)

// blockedEvery is the least time between two log lines of one cause.
const blockedEvery = time.Minute

// blockedLog logs requests that were refused for what a proxy, or a page of another site,
// made of them: whoever runs the proxy sees nothing else of it. One line of a cause a
// minute, since anybody can send such requests. It may be used concurrently.
type blockedLog struct {
	log     zerolog.Logger
	trusted []netip.Prefix
	count   *prometheus.CounterVec // by cause
	lines   outage.Sampled
}

func newBlockedLog(log zerolog.Logger, trusted []netip.Prefix, count *prometheus.CounterVec) *blockedLog {
	return &blockedLog{log: log, trusted: trusted, count: count, lines: outage.Sampled{Every: blockedEvery}}
}

// refused counts and logs a request that was refused.
func (b *blockedLog) refused(r *http.Request, why limit.Blocked) {
	b.count.WithLabelValues(why.Cause).Inc()
	line := b.lines.Line(why.Cause, b.log.Warn())
	if !line.Enabled() {
		return
	}
	line.Str("cause", why.Cause).Str("path", limit.Shown(r.URL.Path)).Str("origin", limit.Shown(r.Header.Get("Origin"))).Str("host", limit.Shown(r.Host)).Str("from", limit.ShownPeer(r))
	if host := r.Header.Get("X-Forwarded-Host"); host != "" {
		line.Str("forwarded_host", limit.Shown(host))
	}
	line.Msg("a request was refused (at most one of each cause is logged per minute): " + why.Cure)
}

// untrusted logs that a visitor came through a proxy whose headers are not believed.
func (b *blockedLog) untrusted(r *http.Request) {
	peer, header := limit.ForwardedUntrusted(r, b.trusted)
	if header == "" {
		return
	}
	b.lines.Line("untrusted proxy", b.log.Warn()).Str("peer", peer.String()).Str("header", header).
		Msgf("%s came from %s, which is not in TRUSTED_PROXIES, so all visitors behind it count as one address; if it is your proxy, add its address or network to TRUSTED_PROXIES", header, peer)
}
