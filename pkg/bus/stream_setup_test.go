package bus

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/bus/embedded"
)

func connectForSetup(t *testing.T) *Conn {
	t.Helper()
	s, err := embedded.Start(embedded.Options{Dir: t.TempDir(), SyncInterval: time.Minute, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	c, err := Connect(ctx, Options{InProcess: s, Name: "a.name with > all *", Streams: 2, Replicas: 1, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// someDurables are one of each kind.
var someDurables = []Durable{
	{Name: "one", Takes: Events, Filter: AllMessages}, {Name: "many", Takes: EventBatches}, {Name: "one", Takes: DueTimers},
}

func TestSetupMayRunAgain(t *testing.T) {
	c := connectForSetup(t)
	for range 2 {
		if err := c.MakeAll(t.Context(), someDurables); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range someDurables {
		for _, stream := range c.streamsOf(d) {
			if _, err := c.js.Consumer(t.Context(), stream, d.Name); err != nil || !d.On(stream) {
				t.Errorf("consumer %s of %s: %v", d.Name, stream, err)
			}
		}
	}
	for _, name := range buckets {
		if _, err := c.js.KeyValue(t.Context(), name); err != nil {
			t.Errorf("bucket %s: %v", name, err)
		}
	}
}

// By default NATS delivers nothing more while a thousand deliveries are open, and thousands of
// chats may wait for something that only they need.
func TestThousandsOfDeliveriesMayBeOpen(t *testing.T) {
	c := connectForSetup(t)
	if err := c.MakeAll(t.Context(), someDurables); err != nil {
		t.Fatal(err)
	}
	there, err := c.js.Consumer(t.Context(), chatStreamName(0), someDurables[0].Name)
	if err != nil || there.CachedInfo().Config.MaxAckPending < 10_000 {
		t.Errorf("%+v, %v", there, err)
	}
}

// A version that wants a consumer otherwise gets it; one that wants it as it is
// leaves it alone.
func TestAConsumerIsChangedOnlyWhereItDiffers(t *testing.T) {
	c := connectForSetup(t)
	if err := c.MakeAll(t.Context(), someDurables); err != nil {
		t.Fatal(err)
	}
	want := someDurables[0].config(c)
	there, err := c.durable(t.Context(), chatStreamName(0), want)
	if err != nil || !sameConsumer(there.CachedInfo().Config, want) {
		t.Fatalf("%+v, %v", there, err)
	}
	for name, change := range map[string]func(*jetstream.ConsumerConfig){
		"the time to acknowledge": func(c *jetstream.ConsumerConfig) { c.AckWait += time.Second },
		"what may be pending":     func(c *jetstream.ConsumerConfig) { c.MaxAckPending++ },
		"the filter":              func(c *jetstream.ConsumerConfig) { c.FilterSubjects = []string{string(AllRequests)} },
		"two filters, as before":  func(c *jetstream.ConsumerConfig) { c.FilterSubjects = []string{"chat.*.*.in", string(AllStates)} },
	} {
		other := want
		change(&other)
		if sameConsumer(want, other) {
			t.Errorf("%s: not seen as different", name)
		}
		changed, err := c.durable(t.Context(), chatStreamName(0), other)
		if err != nil || !sameConsumer(changed.CachedInfo().Config, other) {
			t.Errorf("%s: not changed: %v", name, err)
		}
	}
}

// A browser's secret does not expire, so what was revoked must stay revoked: a bucket
// with an age limit, as an earlier version made it, loses the limit and nothing else.
func TestWhatWasRevokedStaysRevoked(t *testing.T) {
	c := connectForSetup(t)
	old := jetstream.KeyValueConfig{Bucket: RevokedBucket, Description: "an operator's", History: 1, TTL: 402 * 24 * time.Hour, Storage: jetstream.FileStorage, Replicas: 1}
	kv, err := c.js.CreateKeyValue(t.Context(), old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.PutString(t.Context(), "chat", "{}"); err != nil {
		t.Fatal(err)
	}
	config := func() jetstream.StreamConfig {
		s, err := c.js.Stream(t.Context(), "KV_"+RevokedBucket)
		if err != nil {
			t.Fatal(err)
		}
		return s.CachedInfo().Config
	}
	before := config()
	b, err := OpenBucket[struct{}](t.Context(), c, RevokedBucket)
	if err != nil {
		t.Fatal(err)
	}
	after := config()
	if after.MaxAge != 0 {
		t.Errorf("entries of the earlier version's bucket expire after %s", after.MaxAge)
	}
	if before.MaxAge = 0; !reflect.DeepEqual(before, after) {
		t.Errorf("more was changed than the age:\n%+v\n%+v", before, after)
	}
	if _, _, err := b.Get(t.Context(), "chat"); err != nil {
		t.Errorf("an entry of before: %v", err)
	}
	if err := c.js.DeleteKeyValue(t.Context(), RevokedBucket); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBucket[struct{}](t.Context(), c, RevokedBucket); err != nil {
		t.Fatal(err)
	}
	if age := config().MaxAge; age != 0 {
		t.Errorf("entries of a new bucket expire after %s", age)
	}
}
