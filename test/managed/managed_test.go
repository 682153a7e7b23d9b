package managed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/roles"
)

// options are those of a small installation.
func options(url string, who bus.Identity) bus.Options {
	return bus.Options{URL: url, Identity: who, Name: "setup", Streams: 2, Replicas: 1, Impatient: true, Log: zerolog.Nop()}
}

// setUp does what `parley setup` does.
func setUp(t *testing.T, opts bus.Options) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var why error // what it would wait for, which is not expected here
	opts.Waiting = func(err error) { why = err; cancel() }
	c, err := bus.Connect(ctx, opts)
	if err != nil {
		return cmp.Or(why, err)
	}
	defer c.Close()
	return c.MakeAll(ctx, roles.Durables())
}

// waitsFor returns the first reason that a connection waits for.
func waitsFor(t *testing.T, opts bus.Options) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context()) // a deadline would be the one of every request
	defer cancel()
	why := ""
	opts.Impatient = false
	opts.Waiting = func(err error) { why = err.Error(); cancel() }
	if c, err := bus.Connect(ctx, opts); err == nil {
		c.Close()
		t.Fatal("it connected")
	}
	return why
}

func TestCredentialsFilesAndNKeysOpenTheAccount(t *testing.T) {
	p := provide(t, unlimited())
	if err := setUp(t, options(p.url(), bus.Identity{Creds: p.creds()})); err != nil {
		t.Error(err)
	}
	user := pair(t, nkeys.CreateUser)
	seed, err := user.Seed()
	if err != nil {
		t.Fatal(err)
	}
	s := plain(t, func(o *server.Options) { o.Nkeys = []*server.NkeyUser{{Nkey: public(t, user)}} })
	if err := setUp(t, options(s.ClientURL(), bus.Identity{NKey: file(t, "user.nk", seed)})); err != nil {
		t.Error(err)
	}
}

// plain starts a server without an operator.
func plain(t *testing.T, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{ServerName: "plain", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir()}
	change(o)
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	return s
}

func TestTheWaitingMessageNamesTheCauseThatNATSGave(t *testing.T) {
	p := provide(t, unlimited())
	stranger := provide(t, unlimited())
	none := provide(t, jwt.JetStreamLimits{})
	half, err := os.ReadFile(p.creds())
	if err != nil {
		t.Fatal(err)
	}
	half = half[:len(half)/2]
	deaf := plain(t, func(o *server.Options) { o.JetStream = false })
	guarded := plain(t, func(o *server.Options) { o.Username, o.Password = "parley", "right" })
	for name, c := range map[string]struct {
		opts bus.Options
		says []string
	}{
		"an expired JWT":        {options(p.url(), bus.Identity{Creds: p.creds(func(c *jwt.UserClaims) { c.Expires = time.Now().Add(-time.Hour).Unix() })}), []string{"NATS_CREDS", "expired on 20"}},
		"a user of others":      {options(p.url(), bus.Identity{Creds: stranger.creds()}), []string{"NATS refuses the credentials in NATS_CREDS", "authorization violation"}},
		"no credentials":        {options(p.url(), bus.Identity{}), []string{"NATS refuses the user or the password in NATS_URL"}},
		"a wrong password":      {options(strings.Replace(guarded.ClientURL(), "nats://", "nats://parley:wrong@", 1), bus.Identity{}), []string{"NATS refuses the user or the password in NATS_URL"}},
		"half a file":           {options(p.url(), bus.Identity{Creds: file(t, "half.creds", half)}), []string{"the credentials in NATS_CREDS can't be used", "no whole seed"}},
		"a file that is gone":   {options(p.url(), bus.Identity{Creds: "/does/not/exist.creds"}), []string{"/does/not/exist.creds", "no such file"}},
		"JetStream not enabled": {options(none.url(), bus.Identity{Creds: none.creds()}), []string{"JetStream is not enabled for this account"}},
		"no JetStream at all":   {options(deaf.ClientURL(), bus.Identity{}), []string{"its JetStream does not"}},
		"a missing permission":  {options(p.url(), bus.Identity{Creds: p.creds(func(c *jwt.UserClaims) { c.Pub.Deny.Add("$JS.API.STREAM.INFO.>") })}), []string{"does not permit", "$js.api.stream.info.chat_0"}},
		"a name without server": {options("nats://nobody.invalid:4222", bus.Identity{}), []string{"nobody.invalid"}},
		"nobody there":          {options("nats://127.0.0.1:1", bus.Identity{}), []string{"refused"}},
	} {
		why := waitsFor(t, c.opts)
		for _, part := range c.says {
			if !strings.Contains(strings.ToLower(why), strings.ToLower(part)) {
				t.Errorf("%s: %q does not say %q", name, why, part)
			}
		}
		if strings.Contains(why, "wrong") || strings.Contains(why, "right") {
			t.Errorf("%s: a password is shown: %s", name, why)
		}
	}
}

func TestSetupSaysWhichLimitStandsInTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		limit  func(*jwt.JetStreamLimits)
		change func(*bus.Options)
		says   []string
	}{
		"streams":              {func(l *jwt.JetStreamLimits) { l.Streams = 10 }, nil, []string{"allows 10 streams", "needs 18", "STREAMS"}},
		"consumers":            {func(l *jwt.JetStreamLimits) { l.Consumer = 2 }, nil, []string{"allows 2 consumers", "five"}},
		"max bytes required":   {func(l *jwt.JetStreamLimits) { l.MaxBytesRequired, l.DiskStorage = true, 1e9 }, nil, []string{"set NATS_MAX_BYTES, such as 900MB"}},
		"one stream's bytes":   {func(l *jwt.JetStreamLimits) { l.DiskMaxStreamBytes = 20e6 }, func(o *bus.Options) { o.MaxBytes = 1e9 }, []string{"allows 20 MB for one stream", "NATS_MAX_BYTES"}},
		"bytes":                {func(l *jwt.JetStreamLimits) { l.DiskStorage = 50e6 }, func(o *bus.Options) { o.MaxBytes = 100e6 }, []string{"can't reserve what NATS_MAX_BYTES says, 100 MB", "50 MB"}},
		"no disk":              {func(l *jwt.JetStreamLimits) { l.DiskStorage, l.MemoryStorage = 0, 1e9 }, nil, []string{"no storage on disk"}},
		"copies of one server": {func(*jwt.JetStreamLimits) {}, func(o *bus.Options) { o.Replicas = 3 }, []string{"NATS_REPLICAS: it is 3"}},
	} {
		limits := unlimited()
		c.limit(&limits)
		p := provide(t, limits)
		opts := options(p.url(), bus.Identity{Creds: p.creds()})
		if c.change != nil {
			c.change(&opts)
		}
		err := setUp(t, opts)
		if err == nil {
			t.Errorf("%s: nothing stands in the way", name)
			continue
		}
		for _, part := range c.says {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", name, err, part)
			}
		}
		// Whoever pays for more goes on, and nothing is half made.
		p.change(unlimited())
		if opts.Replicas == 3 {
			continue
		}
		if err := setUp(t, opts); err != nil {
			t.Errorf("%s: after the limit was raised: %v", name, err)
		}
	}
}

func TestAnAccountThatWantsBytesStatedGetsThem(t *testing.T) {
	limits := unlimited()
	limits.MaxBytesRequired, limits.DiskStorage, limits.MaxAckPending = true, 100e6, 50
	p := provide(t, limits)
	opts := options(p.url(), bus.Identity{Creds: p.creds()})
	opts.MaxBytes = 80e6
	for range 2 {
		if err := setUp(t, opts); err != nil {
			t.Fatal(err)
		}
	}
	if all := p.reserved(); all < 40e6 || all > 80e6 {
		t.Errorf("the streams may hold %d bytes together", all)
	}
	// A larger value takes effect at the next start.
	opts.MaxBytes = 95e6
	if err := setUp(t, opts); err != nil {
		t.Fatal(err)
	}
	if all := p.reserved(); all < 80e6 || all > 95e6 {
		t.Errorf("after a change the streams may hold %d bytes together", all)
	}
}

// streams calls with each stream of the account.
func (p *provider) streams(with func(ctx context.Context, js jetstream.JetStream, info *jetstream.StreamInfo)) {
	p.t.Helper()
	nc, err := nats.Connect(p.url(), nats.UserCredentials(p.creds()))
	if err != nil {
		p.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), bustest.Patience)
	defer cancel()
	list := js.ListStreams(ctx)
	for info := range list.Info() {
		with(ctx, js, info)
	}
	if list.Err() != nil {
		p.t.Fatal(list.Err())
	}
}

func (p *provider) reserved() (sum int64) {
	p.streams(func(_ context.Context, _ jetstream.JetStream, info *jetstream.StreamInfo) {
		if info.Config.MaxBytes <= 0 {
			p.t.Errorf("%s states no bytes", info.Config.Name)
		}
		if info.Config.Discard != jetstream.DiscardNew && info.Config.Name != "SPENT" && info.Config.Name != "TIMERS" && info.Config.Name != "AUDIT" {
			p.t.Errorf("%s throws away old messages for new ones", info.Config.Name)
		}
		sum += info.Config.MaxBytes
	})
	return sum
}

// A full account refuses at once, is found out even if nobody writes, and is over by
// itself.
func TestAFullAccountIsNoticedAndRecovers(t *testing.T) {
	limits := unlimited()
	limits.DiskStorage = 400_000
	p := provide(t, limits)
	opts := options(p.url(), bus.Identity{Creds: p.creds()})
	writer, watcher := connect(t, opts), connect(t, opts)
	ctx, stop := context.WithCancel(t.Context())
	watched := make(chan error, 1)
	go func() { watched <- watcher.WatchRoom(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-watched; err != nil {
			t.Error(err)
		}
	})
	id := chat.NewID()
	var full *bus.FullError
	for n := 0; ; n++ {
		_, err := writer.AppendIn(t.Context(), message(id, n), nil)
		if errors.As(err, &full) {
			break
		}
		if err != nil || n > 1000 {
			t.Fatalf("message %d: %v", n, err)
		}
	}
	if !errors.Is(full, bus.ErrUnavailable) || !strings.Contains(full.Error(), "the NATS account is full") {
		t.Errorf("it says %v", full)
	}
	if err := writer.Room(); err == nil {
		t.Error("the writer believes that there is room")
	}
	bustest.Eventually(t, "the other connection finds out", func() bool { return watcher.Room() != nil })
	if why := watcher.Room().Error(); !strings.Contains(why, "the NATS account holds 0.") && !strings.Contains(why, "bytes") {
		t.Errorf("it says %s", why)
	}
	limits.DiskStorage = 10e6
	p.change(limits)
	bustest.Eventually(t, "there is room again, without a message", func() bool { return watcher.Room() == nil })
	if _, err := writer.AppendIn(t.Context(), message(id, 2000), nil); err != nil {
		t.Error(err)
	}
	if err := writer.Room(); err != nil {
		t.Errorf("after a message was stored: %v", err)
	}
}

func connect(t *testing.T, opts bus.Options) *bus.Conn {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bustest.Patience)
	defer cancel()
	c, err := bus.Connect(ctx, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func message(id chat.ID, n int) chat.Event {
	return chat.Event{Chat: id, Kind: chat.Message, ID: fmt.Sprintf("m%d", n), From: chat.Speaker{Role: chat.RoleVisitor, Name: "Ada"}, Text: strings.Repeat("x", 3900)}
}
