package bus

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/embedded"
	"github.com/parley-chat/parley/pkg/chat"
)

func connectIn(t *testing.T, s *embedded.Server, region chat.Region) error {
	c, err := Connect(t.Context(), Options{InProcess: s, Name: "all", Region: region, Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err == nil {
		t.Cleanup(c.Close)
	}
	return err
}

// A process of one region that is pointed at another's NATS would answer chats that are not
// its own. An installation may get its name later, from whichever process has it first.
func TestOnlyTheProcessesOfARegionUseItsStreams(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	for _, c := range []struct {
		region   chat.Region
		sentence string // empty: it connects
	}{
		{"", ""}, // from before regions had names
		{"eu", ""},
		{"eu", ""},
		{"ap", "REGION: it is ap, and the NATS server is that of the region eu. Set NATS_URL to the NATS server of ap, or REGION=eu."},
		{"", "REGION: it is not set, and the NATS server is that of the region eu; set REGION=eu."},
		{"eu", ""},
	} {
		err := connectIn(t, s, c.region)
		if c.sentence == "" {
			if err != nil {
				t.Fatalf("as %q: %v", c.region, err)
			}
			continue
		}
		if other, is := errors.AsType[*LayoutError](err); !is || !strings.Contains(other.Sentence, c.sentence) {
			t.Errorf("as %q: %v", c.region, err)
		}
	}
}

// A region that stores chats as another version does is not served, with a sentence, and
// nothing is created there.
func TestARegionOfAnotherVersionIsNotServed(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	ap, err := Connect(t.Context(), Options{InProcess: s, Name: "all", Region: "ap", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ap.Close)
	if _, err := ap.AppendIn(t.Context(), chat.Event{Chat: "aaaaaaaaaaaaaaaaap", Kind: chat.Message, ID: "1", From: chat.Speaker{Role: chat.RoleVisitor}, Text: "hi"}, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		cfg := ap.chatStreamConfig(i)
		cfg.Metadata[layoutKey] = "3"
		if _, err := ap.js.UpdateStream(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Connect(t.Context(), Options{InProcess: s, Name: "gateway", Region: "ap", Streams: 8, AdoptStreams: true, Replicas: 1, Log: zerolog.Nop(), afar: true})
	if other, is := errors.AsType[*LayoutError](err); !is || !strings.Contains(other.Sentence, "The region ap is run by another version of Parley") {
		t.Errorf("%v", err)
	}
}

// In two regions that take different ones for the first, a chat whose id names none would have
// two logs; with different keys a visitor who moves would begin a new chat without a word.
func TestRegionsAgreeOnTheFirstOneAndOnTheKey(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	connect := func(first chat.Region, key string, afar bool) string {
		t.Helper()
		c, err := Connect(t.Context(), Options{
			InProcess: s, Name: "all", Region: "eu", First: first, TokenPrint: TokenPrint([]byte(key)), Streams: 2, AdoptStreams: afar, Replicas: 1, Log: zerolog.Nop(), afar: afar,
		})
		if err == nil {
			c.Close()
			return ""
		}
		other, is := errors.AsType[*LayoutError](err)
		if !is {
			t.Fatal(err)
		}
		return other.Sentence
	}
	const key, other = "the key of all regions", "another key"
	for i, c := range []struct {
		first    chat.Region
		key      string
		afar     bool
		sentence string // empty: it connects
	}{
		{"", "", false, ""}, // from before there were others
		{"ap", key, true, ""},
		{"eu", key, false, ""},
		{"", "", false, ""}, // a role that needs neither
		{"eu", key, true, ""},
		{"ap", key, false, "REGIONS: it begins with ap, and on this NATS server it began with eu"},
		{"ap", key, true, "REGIONS: it begins with ap here, and with eu in the region eu."},
		{"eu", other, true, "TOKEN_KEY: it is another one in the region eu"},
		{"eu", other, false, ""}, // it is replaced
		{"eu", other, true, ""},
		{"eu", key, true, "TOKEN_KEY: it is another one in the region eu"},
	} {
		if got := connect(c.first, c.key, c.afar); (c.sentence == "") != (got == "") || !strings.HasPrefix(got, c.sentence) || strings.Contains(got, c.key) && c.key != "" {
			t.Errorf("%d: %q, want %q", i, got, c.sentence)
		}
	}
}

// What another region has is its own affair: how much a bucket may hold there, and whether there
// is one.
func TestNothingIsMadeOrResizedInAnotherRegion(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	ap, err := Connect(t.Context(), Options{InProcess: s, Name: "all", Region: "ap", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ap.Close)
	if _, err := OpenBucket[string](t.Context(), ap, MarksBucket); err != nil {
		t.Fatal(err)
	}
	from, err := Connect(t.Context(), Options{InProcess: s, Name: "gateway", Region: "ap", Streams: 8, AdoptStreams: true, Replicas: 3, MaxBytes: 1 << 30, Log: zerolog.Nop(), afar: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(from.Close)
	if _, err := OpenBucket[string](t.Context(), from, MarksBucket); err != nil {
		t.Error(err)
	}
	if _, err := OpenBucket[string](t.Context(), from, AboutBucket); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a bucket that is not there: %v", err)
	}
	if marks, err := ap.js.Stream(t.Context(), "KV_"+MarksBucket); err != nil || marks.CachedInfo().Config.MaxBytes > 0 || marks.CachedInfo().Config.Replicas != 1 {
		t.Errorf("the bucket was changed from afar: %+v, %v", marks.CachedInfo().Config, err)
	}
	if _, err := ap.js.Stream(t.Context(), "KV_"+AboutBucket); err == nil {
		t.Error("a bucket was made from afar")
	}
}

// Which region is the first is stated anew without what else the streams state, which NATS replaces at
// once: without that the chats could be read by nobody.
func TestTheFirstRegionIsStatedAnew(t *testing.T) {
	t.Parallel()
	s := startEmpty(t)
	opts := Options{InProcess: s, Name: "all", Region: "ap", First: "ap", TokenPrint: TokenPrint([]byte("a key")), Streams: 2, Replicas: 1, Log: zerolog.Nop()}
	connect := func() *Conn {
		t.Helper()
		c, err := Connect(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	stated := func(c *Conn) map[string]string {
		t.Helper()
		s, err := c.lookForStream(t.Context(), chatStreamName(0))
		if err != nil {
			t.Fatal(err)
		}
		return s.CachedInfo().Config.Metadata
	}
	want := maps.Clone(stated(connect()))
	want[firstKey] = "eu"
	opts.First, opts.AnyFirst = "eu", true
	c := connect()
	if err := c.RestateFirst(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := stated(c); !maps.Equal(got, want) || got[layoutKey] == "" {
		t.Errorf("it states %v, want %v", got, want)
	}
	opts.AnyFirst = false
	connect()
	c.opts.First = ""
	if err := c.RestateFirst(t.Context()); err == nil {
		t.Error("no first region is stated")
	}
}
