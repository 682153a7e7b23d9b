package gateway

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/api"
	"github.com/parley-chat/parley/gateway/files"
	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
	"github.com/parley-chat/parley/pkg/telemetry"
)

// metrics of a gateway. No label takes its values from outside.
type metrics struct {
	connections *prometheus.GaugeVec
	frames      *prometheus.CounterVec
	byKind      map[*frame.Kind]prometheus.Counter // those of frames that come often; looking one up by its label costs more than counting
	errors      *prometheus.CounterVec
	messages    prometheus.Counter
	bytes       prometheus.Counter
	shares      *prometheus.CounterVec
	store       prometheus.Histogram
	replies     prometheus.Histogram
	written     prometheus.Counter
	slow        prometheus.Counter
	forgot      prometheus.Counter
	rereads     prometheus.Counter
	sheds       *prometheus.CounterVec
	backlog     prometheus.Gauge
	slots       prometheus.Gauge
	questions   prometheus.Gauge
	signIns     *prometheus.CounterVec
	signOuts    prometheus.Counter
	blocked     *prometheus.CounterVec
	regions     *prometheus.GaugeVec
	files       *prometheus.CounterVec
	fileBytes   *prometheus.CounterVec
	fileThumbs  *prometheus.CounterVec
	uploads     prometheus.Gauge
	roundTrip   *prometheus.GaugeVec
	behind      *prometheus.GaugeVec
	copied      *prometheus.GaugeVec
}

func newMetrics(r prometheus.Registerer) *metrics {
	f := promauto.With(r)
	m := &metrics{
		connections: f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_connections", Help: "Open WebSocket connections."}, []string{"kind"}),
		frames:      f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_frames_total", Help: "Frames that clients sent, by kind."}, []string{"kind"}),
		errors:      f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_errors_total", Help: "Frames that were answered with an error, by code."}, []string{"code"}),
		messages:    f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_accepted_total", Help: "Messages and requests of visitors that were stored and acknowledged."}),
		bytes:       f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_accepted_bytes_total", Help: "Bytes of text in messages and requests of visitors that were stored and acknowledged."}),
		shares: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_gateway_refused_total", Help: "Frames and connections that were refused or dropped because a share was used up, by the share.",
		}, []string{"share"}),
		store: f.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_gateway_store_seconds", Help: "Time until the stream had stored a visitor's message or request.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 5},
		}),
		replies: f.NewHistogram(prometheus.HistogramOpts{
			Name: "parley_gateway_reply_seconds", Help: "Time from storing a visitor's message until the bot's reply that covers it was seen live, at the gateway that took the message.", Buckets: telemetry.Waits(),
		}),
		written:   f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_frames_written_total", Help: "Frames that were written to clients."}),
		roundTrip: f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_region_round_trip_seconds", Help: "How long the NATS servers of that other region took to answer the gateway at the last look."}, []string{"region"}),
		behind:    f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_region_unmerged_seconds", Help: "For how long accounts, settings or visitors of that other region have not been merged here; 0 when they are."}, []string{"region"}),
		copied:    f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_region_copy_age_seconds", Help: "How old the copy of that other region's chats is that is kept here: what was said there later would be lost with that region's disks."}, []string{"region"}),
		regions:   f.NewGaugeVec(prometheus.GaugeOpts{Name: "parley_gateway_region_reached", Help: "1 while the gateway reaches that other region, 0 while it does not."}, []string{"region"}),
		slow:      f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_slow_total", Help: "Clients that were disconnected because they read too slowly."}),
		forgot:    f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_about_dropped_total", Help: "Times that a visitor came or went and what the page said of itself was not kept, since too many waited to be."}),
		sheds: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_gateway_turned_away_total", Help: "Connections and frames that were shed because there was too much, by what there was too much of.",
		}, []string{"why"}),
		backlog:   f.NewGauge(prometheus.GaugeOpts{Name: "parley_gateway_bot_backlog", Help: "Messages that wait for the bot to think about them, as this gateway saw last."}),
		slots:     f.NewGauge(prometheus.GaugeOpts{Name: "parley_gateway_bot_places", Help: "How many messages the bot's replicas can think about at once, as this gateway saw last."}),
		questions: f.NewGauge(prometheus.GaugeOpts{Name: "parley_gateway_open_questions", Help: "Messages to the bot that this gateway accepted and has seen no reply to, as it looked last."}),
		rereads:   f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_gaps_total", Help: "Gaps in the live feed that were read again from the stream."}),
		signIns: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_gateway_sign_ins_total", Help: "Agents' sign-in attempts, by outcome: throttled ones were refused before the password was looked at.",
		}, []string{"outcome"}),
		blocked: f.NewCounterVec(prometheus.CounterOpts{
			Name: "parley_gateway_blocked_total", Help: "Requests that were refused for what a proxy, or a page of another site, made of them, by cause.",
		}, []string{"cause"}),
		files:      f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_files_total", Help: "Requests about files, by outcome: stored, again for one that was sent before, or the code of the refusal."}, []string{"outcome"}),
		fileBytes:  f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_file_bytes_total", Help: "Bytes of files that were taken in and given out."}, []string{"way"}),
		fileThumbs: f.NewCounterVec(prometheus.CounterOpts{Name: "parley_gateway_thumbnails_total", Help: "Pictures that were sent, by whether a small one was made of each."}, []string{"made"}),
		uploads:    f.NewGauge(prometheus.GaugeOpts{Name: "parley_gateway_uploads", Help: "Files that are being sent."}),
		signOuts:   f.NewCounter(prometheus.CounterOpts{Name: "parley_gateway_sign_outs_total", Help: "Sessions that agents ended by signing out."}),
	}
	m.byKind = map[*frame.Kind]prometheus.Counter{}
	for i := range frame.Kinds {
		if k := &frame.Kinds[i]; k.Name == "send" || k.Chatter {
			m.byKind[k] = m.frames.WithLabelValues(k.Name)
		}
	}
	for _, kind := range []string{"visitor", "agent"} {
		m.connections.WithLabelValues(kind)
	}
	for _, code := range []string{codes.Unavailable, codes.RateLimited, codes.BadFrame} {
		m.errors.WithLabelValues(code) // exists before the first error, or a rate misses that
	}
	for _, outcome := range []string{fileStored, fileAgain, codes.Unavailable, codes.NoRoom, codes.Unchecked, codes.Infected} {
		m.files.WithLabelValues(outcome)
	}
	for _, way := range []string{files.In, files.Out} {
		m.fileBytes.WithLabelValues(way)
	}
	for _, made := range []bool{false, true} {
		m.fileThumbs.WithLabelValues(strconv.FormatBool(made))
	}
	for _, s := range admission.Shares {
		if s.Budgeted() {
			m.shares.WithLabelValues(s.Name)
		}
	}
	for _, cause := range limit.Causes {
		m.blocked.WithLabelValues(cause)
	}
	for _, outcome := range api.SignIns {
		m.signIns.WithLabelValues(outcome)
	}
	return m
}

// The outcomes of an upload that is not refused.
const (
	fileStored = "stored"
	fileAgain  = "again"
)

// ofFiles are the figures of files. The code of a refusal is one of package codes.
func (m *metrics) ofFiles() files.Metrics {
	return files.Metrics{
		Stored: func(fresh bool) {
			outcome := fileAgain
			if fresh {
				outcome = fileStored
			}
			m.files.WithLabelValues(outcome).Inc()
		},
		Refused:   func(code string) { m.files.WithLabelValues(code).Inc() },
		Uploading: func(n int) { m.uploads.Add(float64(n)) },
		Bytes:     func(way string, n int64) { m.fileBytes.WithLabelValues(way).Add(float64(n)) },
		Thumb:     func(made bool) { m.fileThumbs.WithLabelValues(strconv.FormatBool(made)).Inc() },
	}
}

// replied records how long a visitor waited for the bot.
func (m *metrics) replied(took time.Duration) { m.replies.Observe(took.Seconds()) }

// accepted records that a visitor's event with a text of so many bytes was stored, and
// how long that took.
func (m *metrics) accepted(bytes int, took time.Duration) {
	m.messages.Inc()
	m.bytes.Add(float64(bytes))
	m.store.Observe(took.Seconds())
}

// frame counts a frame that a client sent.
func (m *metrics) frame(kind *frame.Kind) {
	if c := m.byKind[kind]; c != nil {
		c.Inc()
		return
	}
	m.frames.WithLabelValues(kind.Name).Inc()
}

// wrote counts frames that were written.
func (m *metrics) wrote(frames int) { m.written.Add(float64(frames)) }

// shed counts a refusal because there was too much. why is one of the words of package
// admission.
func (m *metrics) shed(why string) { m.sheds.WithLabelValues(why).Inc() }

// refusedShare counts a refusal because a share was used up. share is a name in
// admission.Shares.
func (m *metrics) refusedShare(share string) { m.shares.WithLabelValues(share).Inc() }

// signIn counts a try to sign in. outcome is one of the words of package api.
func (m *metrics) signIn(outcome string) { m.signIns.WithLabelValues(outcome).Inc() }

// sawBacklog records a look at the bot's backlog.
func (m *metrics) sawBacklog(messages, slots uint64) {
	m.backlog.Set(float64(messages))
	m.slots.Set(float64(slots))
}

// sawQuestions records the open questions of this gateway.
func (m *metrics) sawQuestions(open int) { m.questions.Set(float64(open)) }
