package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/gateway/admission"
	"github.com/parley-chat/parley/gateway/conn"
	"github.com/parley-chat/parley/gateway/console"
	"github.com/parley-chat/parley/gateway/files"
	"github.com/parley-chat/parley/gateway/identity"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/gateway/live"
	"github.com/parley-chat/parley/gateway/macros"
	"github.com/parley-chat/parley/gateway/ops"
	"github.com/parley-chat/parley/pkg/backoff"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/health"
	"github.com/parley-chat/parley/pkg/outage"
	"github.com/parley-chat/parley/pkg/roles"
	"github.com/parley-chat/parley/pkg/settings"
	"github.com/parley-chat/parley/pkg/teams"
	"github.com/parley-chat/parley/pkg/telemetry"
	"github.com/parley-chat/parley/pkg/wish"
)

// Options of a gateway.
type Options struct {
	// Server serves ADDR and must be running. The gateway gives it its handler, and
	// shuts it down at its end.
	Server *health.Server
	// Pages holds the files that browsers load.
	Pages fs.FS
	// BotName is the bot's name, which the pages show; "Parley bot" if it is empty.
	BotName string

	// Regions has the connections to other regions; nil: there are none.
	Regions *bus.Regions
	// CopyOf are those of whose chats a copy is kept in this region.
	CopyOf []chat.Region

	VisitorAuth   identity.Mode
	TokenKey      []byte
	TokenIssuer   string // what "iss" of a site's tokens must be; empty: anything
	AdminPassword string
	// Words are what a visitor types to get a person at once.
	Words          wish.Words
	AllowedOrigins []string       // as limit.ParseOrigins returns them
	TrustedProxies []netip.Prefix // as limit.ParseProxies returns them
	// Site says which pages are our own, and whether cookies are for TLS only. nil: what
	// each request says.
	Site *limit.Site
	// RatePerConnection and RatePerAddress are frames a second; four seconds'
	// worth may come at once.
	RatePerConnection float64
	RatePerAddress    float64
	// Shares are what one address, and one chat, may have accepted and read.
	Shares admission.Amounts
	// Files are what may be sent as files, and FileScan looks at them first; nil: nothing does.
	Files    files.Rules
	FileScan files.Scanner
	// MaxConnections bounds the visitors' WebSockets (0: 20,000). One address, or
	// one IPv6 /64 network, holds a quarter of them at most.
	MaxConnections int
	// MaxWaiting is how many chats may wait for a person, which the escalation workers
	// decide, for the operator page; 0: not known.
	MaxWaiting int
	// Room returns an error while there is no room to store anything: then nobody may
	// write. nil: there always is. It must be quick, and is called concurrently.
	Room      func() error
	DrainTime time.Duration
	// SessionTimes are how long agents stay signed in; the usual ones if it is zero.
	SessionTimes accounts.Times

	Metrics prometheus.Registerer
	Tracer  *telemetry.Tracer // nil: nothing is traced
	Version string
	Log     zerolog.Logger
	// Waiting, if not nil, is called with each reason why the gateway can't start yet.
	Waiting func(error)
	// KeepPassword, if not nil, keeps a generated password of the admin before there is an
	// account with it.
	KeepPassword accounts.Keeping
	// Started is called once, when the gateway serves, with the generated password of
	// the admin, or with "" if none was generated.
	Started func(madeUpPassword string)
}

// Gateway is one replica of the gateway.
type Gateway struct {
	opts       Options
	log        zerolog.Logger
	conn       *bus.Conn    // to the own region
	regions    *bus.Regions // to the home of a chat
	metrics    *metrics
	visitors   *identity.Directory
	accounts   *accounts.Accounts
	admission  *admission.Admission
	unserved   outage.Sampled // log lines on frames that could not be served
	proxies    outage.Sampled // log lines on hidden addresses
	blocked    *blockedLog    // log lines on what a proxy, or another site, made of a request
	hidden     hiddenAddrs
	budget     *conn.Budget
	hub        *live.Hub
	board      *console.Board
	revocation *console.Revocation
	kept       *kept // beside the logs of chats
	sights     *regionSights
	watcher    *ops.Watcher
	site       *settings.Site // what admins set
	teams      *teams.Site
	faces      faces          // tells open pages what they changed
	macros     *macros.Store  // quick replies and macros of agents
	files      *files.Files   // that visitors and agents send
	sessions   sync.WaitGroup // every session and what it started
	workers    conn.Workers   // deal with the sessions' frames

	mu       sync.Mutex            // guards the fields below
	sockets  map[*conn.Socket]bool // whether it is a visitor's
	draining bool
}

// New returns a gateway that serves nothing before Run.
func New(opts Options, bc *bus.Conn) *Gateway {
	m := newMetrics(opts.Metrics)
	if opts.Regions == nil {
		opts.Regions = bus.NewRegions(bc, "")
	}
	g := &Gateway{
		opts: opts, regions: opts.Regions, log: opts.Log, conn: bc, metrics: m, sockets: map[*conn.Socket]bool{}, faces: newFaces(), proxies: outage.Sampled{Every: 10 * time.Minute},
		site:    settings.New(bc, settings.Settings{Bot: opts.BotName}),
		teams:   teams.New(bc, "consoles and visitors see the teams as they were"),
		sights:  newRegionSights(bc, opts.Regions, m, opts.CopyOf),
		blocked: newBlockedLog(opts.Log, opts.TrustedProxies, m.blocked),
		admission: admission.New(admission.Options{
			Conn: bc, Regions: opts.Regions, TrustedProxies: opts.TrustedProxies, RatePerConnection: opts.RatePerConnection, RatePerAddress: opts.RatePerAddress,
			Shares: opts.Shares, MaxConnections: opts.MaxConnections, Room: opts.Room, Metrics: admission.Metrics{Shed: m.shed, Refused: m.refusedShare, Backlog: m.sawBacklog, Questions: m.sawQuestions}, Log: opts.Log,
		}),
	}
	g.site.Offering(offering(g.teams))
	g.macros = macros.New(bc, g.sayMacros)
	g.budget = conn.NewBudget(conn.DefaultBudget, g.allSockets, conn.Metrics{Written: m.wrote, TooSlow: m.slow.Inc})
	return g
}

// Run serves until the context ends. Then it takes no new connections, closes those
// it has within DrainTime, and returns when all are gone.
func (g *Gateway) Run(ctx context.Context) error {
	// serving outlives ctx until the connections are drained.
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	var reaching sync.WaitGroup
	reaching.Go(func() { _ = g.regions.Run(serving) }) // it fails never
	defer func() { stop(); reaching.Wait() }()
	madeUp, err := g.openPatiently(ctx, serving)
	if err != nil {
		return err
	}
	handler, err := g.handler(serving)
	if err != nil {
		return err
	}
	work, workCtx := errgroup.WithContext(serving)
	work.Go(func() error { return g.site.Run(serving) })
	work.Go(func() error { return g.teams.Run(serving) })
	g.site.Await(ctx, settingsTime)
	g.teams.Await(ctx, settingsTime) // whoever came before would see all chats, where agents read only those of their teams
	g.opts.Server.Handle(handler, admission.PendingConns(g.opts.TrustedProxies, g.metrics.shed))

	work.Go(g.hub.Run)
	work.Go(func() error { g.regions.WithOthers(serving, g.compareKeys); return nil })
	work.Go(func() error { g.regions.WithOthers(serving, g.follow); return nil })
	work.Go(func() error { return g.faces.run(serving, g.site, g.visitorSockets) })
	work.Go(func() error { return g.board.Run(serving) })
	work.Go(func() error { return g.macros.Run(serving) })
	work.Go(func() error { return g.admission.Run(serving) })
	work.Go(func() error { return g.watcher.Run(serving) })
	work.Go(func() error { return g.conn.WatchRoom(serving) })
	work.Go(func() error { return g.revocation.Run(serving) })
	work.Go(func() error { return g.kept.run(serving) })
	work.Go(func() error { g.sights.run(serving); return nil })
	work.Go(func() error {
		return g.conn.Serve(serving, roles.Gateway.Service, g.opts.Version, bus.Report(roles.Gateway.Service, g.connections))
	})
	work.Go(g.opts.Server.Wait)
	if g.opts.Started != nil {
		g.opts.Started(madeUp)
	}
	select {
	case <-ctx.Done():
	case <-workCtx.Done(): // a part failed: end the others
	}
	g.drain()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	g.opts.Server.Shutdown(closing)
	stop()
	g.sessions.Wait()
	g.workers.Close()
	return work.Wait()
}

// settingsTime is how long the start waits for the site's settings; then pages are served as
// the environment has them, until the settings can be read.
const settingsTime = 2 * time.Second

var opening = backoff.Policy{Min: 200 * time.Millisecond, Max: 5 * time.Second}

// openPatiently repeats open, with a growing delay, while NATS has no leader for
// something: in a cluster that was just started, or lost a node.
func (g *Gateway) openPatiently(ctx, serving context.Context) (madeUp string, err error) {
	remind := outage.Reminder{}
	for try := 1; ; try++ {
		madeUp, err = g.open(ctx, serving)
		if err == nil || !errors.Is(err, bus.ErrUnavailable) {
			return madeUp, err
		}
		what := "waiting for NATS"
		if _, begins := errors.AsType[*firstError](err); begins {
			what = "waiting for the first region"
		}
		if due := remind.Due(); due && g.conn.Ready() == nil { // else the connection reports it
			g.log.Warn().Err(err).Int("try", try).Msg(what)
		}
		if g.opts.Waiting != nil {
			g.opts.Waiting(fmt.Errorf("%s: %w", what, err))
		}
		if opening.Wait(ctx, try) != nil {
			return "", err
		}
	}
}

// open makes the parts that need NATS.
func (g *Gateway) open(ctx, serving context.Context) (madeUp string, err error) {
	if err := g.begin(ctx); err != nil {
		return "", err
	}
	g.hub = live.NewHub(serving, g.conn, g.liveOptions())
	g.regions.Homes().OnChange(g.hub.Moved)
	if g.board, err = console.NewBoard(ctx, g.regions, g.teams, g.hub.SendToVisitors, g.log); err != nil {
		return "", err
	}
	if _, err := g.conn.OpenFiles(ctx); err != nil { // other regions' gateways can't make it
		return "", fmt.Errorf("open the object store of files: %w", err)
	}
	if g.kept, err = openKept(ctx, g.regions, g.metrics.forgot.Inc, g.log); err != nil {
		return "", err
	}
	g.watcher = ops.New(ops.Options{Desk: g.desk, Regions: g.sights.seen, Room: g.opts.Room, Hidden: func() []netip.Addr { return g.hidden.hidden(time.Now()) }, Log: g.log}, g.conn)
	if g.visitors, err = identity.New(ctx, g.conn, identity.Options{Mode: g.opts.VisitorAuth, Regions: g.regions, TokenKey: g.opts.TokenKey, Issuer: g.opts.TokenIssuer, MayMake: g.admission.NewVisitor, Written: g.written, Log: g.log}); err != nil {
		return "", fmt.Errorf("open the directory of visitors: %w", err)
	}
	if g.accounts, err = accounts.Open(ctx, g.conn, accounts.Options{Times: g.opts.SessionTimes, Regions: len(g.regions.Elsewhere()) > 0, HostCookie: g.opts.Site.TLS(), Base: g.opts.Site.Base(), Site: g.opts.Site.Host()}); err != nil {
		return "", fmt.Errorf("open the accounts: %w", err)
	}
	reads := console.FileReaders{Accounts: g.accounts, Teams: g.teams, Regions: g.regions, Audit: g.conn.Audit(), Trusted: g.opts.TrustedProxies}
	g.files = files.New(files.Options{
		Rules: g.opts.Files, Regions: g.regions, Visitors: g.visitors, Admission: g.admission, Agent: reads.Agent, Scan: g.opts.FileScan,
		Elsewhere: func(r *http.Request) bool { return g.opts.Site.FromElsewhere(r, g.opts.TrustedProxies) },
		Trusted:   g.opts.TrustedProxies, Metrics: g.metrics.ofFiles(), Log: g.log,
	})
	g.board.Files = g.files.Told("")
	g.revocation = console.NewRevocation(g.accounts, g.board.Renamed)
	ensured, err := g.accounts.EnsureAdmin(ctx, g.opts.AdminPassword, g.opts.KeepPassword)
	switch {
	case err != nil:
		return "", fmt.Errorf("make the admin's account: %w", err)
	case ensured.Acted:
		g.log.Warn().Str("user", accounts.AdminUser).Msg("ADMIN_PASSWORD has a new value: it is now the account's password, the account is enabled and an admin, and its sessions have ended")
	default:
		if line := unusedPassword(ensured); line != "" {
			g.log.Warn().Str("user", accounts.AdminUser).Msg(line)
		}
	}
	return ensured.Generated, nil
}

// unusedPassword is what the log says about an ADMIN_PASSWORD that does not open the
// account and changed nothing; empty if there is nothing to say.
func unusedPassword(e accounts.Ensured) string {
	switch {
	case e.First:
		return "ADMIN_PASSWORD does not open the account, and nothing was changed: this version sees ADMIN_PASSWORD for the first time and takes it for the one in use; if it is meant to replace a lost password, set yet another value"
	case e.Old:
		return "ADMIN_PASSWORD has a value that was seen before and does not open the account (its password or its rights were changed, or the value never was its password): the account stays as it is; to get back in, set a new value"
	}
	return ""
}

// liveOptions are those of the hub.
func (g *Gateway) liveOptions() live.Options {
	return live.Options{
		Metrics: live.Metrics{Replied: g.metrics.replied, Reread: g.metrics.rereads.Inc},
		Regions: g.regions, BotSeen: g.admission.BotSeen, Tracer: g.opts.Tracer, Log: g.log,
	}
}

// desk is what the operator page shows of the desk.
func (g *Gateway) desk() ops.Desk {
	d := g.board.Counts()
	d.Places = g.opts.MaxWaiting
	return d
}

// start registers a socket and runs its session in a goroutine of its own, unless
// the gateway drains.
func (g *Gateway) start(s *conn.Socket, visitor bool, run func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.draining {
		return false
	}
	g.sockets[s] = visitor
	g.sessions.Go(func() {
		defer g.exit(s)
		run()
	})
	return true
}

// exit forgets a socket.
func (g *Gateway) exit(s *conn.Socket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.sockets, s)
}

// maxHeaviest is how many blocks of addresses one gateway names to operators.
const maxHeaviest = 5

// connections returns how many WebSockets are open, and which addresses had the most accepted.
func (g *Gateway) connections() bus.Connections {
	visitors, agents := g.admission.Connections()
	return bus.Connections{Visitors: visitors, Agents: agents, Heaviest: g.admission.Heaviest(maxHeaviest)}
}

// allSockets returns the open sockets.
func (g *Gateway) allSockets() []*conn.Socket {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]*conn.Socket, 0, len(g.sockets))
	for s := range g.sockets {
		all = append(all, s)
	}
	return all
}

// visitorSockets returns those of visitors.
func (g *Gateway) visitorSockets() []sender {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := make([]sender, 0, len(g.sockets))
	for s, visitor := range g.sockets {
		if visitor {
			all = append(all, s)
		}
	}
	return all
}

// Ready returns nil, or why the gateway can't do all of its work now, as a sentence.
func (g *Gateway) Ready() error {
	if err := g.serves(); err != nil {
		return err
	}
	if g.opts.Room != nil {
		return g.opts.Room()
	}
	return nil
}

// serves returns nil, or why the gateway can't take connections now, as a sentence.
// Without room it still takes them: visitors read their chats, and read why they can't
// write.
func (g *Gateway) serves() error {
	g.mu.Lock()
	draining := g.draining
	g.mu.Unlock()
	if draining {
		return errors.New("this gateway is draining")
	}
	return g.conn.Ready()
}
