package admission

import (
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestWhoMayAsk(t *testing.T) {
	const slow = 8 * time.Second // the model's thought; 128 of them at once are 16 a second
	for _, c := range []struct {
		what string
		d    demand
		want bool
	}{
		{"nobody is there", demand{addresses: 1, slots: 128}, true},
		{"below the floor, however much waits", demand{open: questionFloor - 1, addresses: 500, slots: 128, inSystem: 4000, rate: 16, thought: slow}, true},
		{"at the floor, and much waits", demand{open: questionFloor, addresses: 500, slots: 128, inSystem: 4000, rate: 16, thought: slow}, false},
		{"an office alone, and a slow model: all slots", demand{open: 128, addresses: 1, slots: 128, inSystem: 128, rate: 16, thought: slow}, true},
		{"and a few more, so that none is left free", demand{open: 143, addresses: 1, slots: 128, inSystem: 143, rate: 16, thought: slow}, true},
		{"but not more than that", demand{open: 144, addresses: 1, slots: 128, inSystem: 144, rate: 16, thought: slow}, false},
		{"a second address: half of the slots", demand{open: 63, addresses: 2, slots: 128, inSystem: 140, rate: 16, thought: slow}, true},
		{"and no more while nothing is free", demand{open: 64, addresses: 2, slots: 128, inSystem: 128, rate: 16, thought: slow}, false},
		{"but what nobody uses", demand{open: 64, addresses: 2, slots: 128, inSystem: 70, rate: 16, thought: slow}, true},
		{"up to the reserve", demand{open: 111, addresses: 2, slots: 128, inSystem: 112, rate: 16, thought: slow}, false},
		{"a quick bot and a thousand chats of one address", demand{open: 999, addresses: 1, slots: 128, inSystem: 999, rate: 1000, thought: 100 * time.Millisecond}, true},
		{"and of two", demand{open: 300, addresses: 2, slots: 128, inSystem: 400, rate: 1000, thought: 100 * time.Millisecond}, true},
		{"of whom one would wait", demand{open: 700, addresses: 2, slots: 128, inSystem: 800, rate: 1000, thought: 100 * time.Millisecond}, false},
		{"no bot is there", demand{open: most/questionsUnanswered - 1, addresses: 1, inSystem: 4000}, true},
		{"for long", demand{open: most / questionsUnanswered, addresses: 1, inSystem: 4000}, false},
		{"below the floor, in a network that has all it may have", demand{open: 1, addresses: 20, crowded: true, slots: 128, inSystem: 128, rate: 16, thought: slow}, false},
		{"while slots are free", demand{open: 1, addresses: 20, crowded: true, slots: 128, inSystem: 100, rate: 16, thought: slow}, true},
		{"two gateways share the slots", demand{open: 72, addresses: 1, gateways: 2, slots: 128, inSystem: 120, rate: 16, thought: slow}, false},
		{"and what is free", demand{open: 72, addresses: 1, gateways: 2, slots: 128, inSystem: 80, rate: 16, thought: slow}, true},
	} {
		if got := c.d.mayAsk(); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
}

// Whatever is seen: an address below the floor may always ask, one that has its share
// takes none of the slots that are kept for others unless the bot is quick, and while
// there are more free ones than that, everybody may.
func TestSlotsAreSharedFairlyWhateverIsSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := demand{
			open: rapid.IntRange(0, 10_000).Draw(t, "open"), addresses: rapid.IntRange(1, 5000).Draw(t, "addresses"),
			gateways: rapid.IntRange(0, 20).Draw(t, "gateways"), slots: float64(rapid.IntRange(0, 10_000).Draw(t, "slots")),
			inSystem: float64(rapid.IntRange(0, 20_000).Draw(t, "in the system")), rate: rapid.Float64Range(0, 5000).Draw(t, "rate"),
			crowded: rapid.Bool().Draw(t, "crowded"),
			thought: time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "thought")),
		}
		may := d.mayAsk()
		free := d.slots - d.inSystem
		quick := d.rate > 0 && d.thought.Seconds()+max(0, -free)/d.rate < target.Seconds()
		switch {
		case d.open < questionFloor && !d.crowded && !may:
			t.Fatal("an address below the floor may not ask")
		case d.slots == 0 && may && d.open >= max(questionFloor, most/questionsUnanswered):
			t.Fatal("one address has most of what is accepted while no bot is there")
		case d.slots > 1 && free > max(1, d.slots/questionReserve) && !may:
			t.Fatal("slots are left free")
		case d.slots > 0 && may && d.addresses > 1 && !quick && (d.crowded || float64(d.open) >= max(questionFloor, d.slots/float64(d.addresses))) && free <= d.slots/questionReserve:
			t.Fatal("an address that has its share takes what is kept for others")
		}
		if again := d.askAgain(rapid.IntRange(0, 5000).Draw(t, "waiting")); again < minAskAgain || again > maxAskAgain {
			t.Fatalf("it is to come again after %v", again)
		}
	})
}

// counted are questions whose clock stands still.
func counted(look demand) *questions {
	q := newQuestions(func() time.Time { return time.Unix(1000, 0) })
	q.looked(look)
	return q
}

func levels(addr string) []limit.Level[netip.Prefix] {
	return limit.AddressLevels(netip.MustParseAddr(addr))
}

func refusal(t *testing.T, err error) *frame.Refusal {
	t.Helper()
	no := frame.RefusalOf(err)
	if no.Code != codes.RateLimited || no.Shed != shedQuestions || no.Message != tooManyOpen || no.Retry < minAskAgain || no.Retry > 2*maxAskAgain {
		t.Fatalf("the refusal is %+v", no)
	}
	return no
}

// Between two looks what was accepted here counts: a burst does not slip in.
func TestABurstBetweenTwoLooksIsCounted(t *testing.T) {
	q := counted(demand{slots: 128, rate: 16, thought: 8 * time.Second, gateways: 1})
	hog, other := levels("192.0.2.1"), levels("192.0.2.2")
	answered, err := q.ask(other, false)
	if err != nil {
		t.Fatal(err)
	}
	var ends []func()
	for {
		end, err := q.ask(hog, false)
		if err != nil {
			refusal(t, err)
			break
		}
		if ends = append(ends, end); len(ends) > 1000 {
			t.Fatal("nobody counts")
		}
	}
	const want = 128 - 128/questionReserve - 1 // the other one's question is thought about
	if len(ends) != want {
		t.Errorf("%d of a burst were accepted, want %d", len(ends), want)
	}
	if no, err := q.ask(other, false); err != nil {
		t.Errorf("another address: %v", err)
	} else {
		no()
	}
	for range 3 {
		ends[0]() // more than once changes nothing
	}
	if _, err := q.ask(hog, true); err != nil {
		t.Errorf("once one of them was answered: %v", err)
	}
	if _, err := q.ask(hog, false); err == nil {
		t.Error("one answer made room for two")
	}
	answered()
}

// The more visitors of an address wait, the longer each is to wait, so that their tries
// don't use up what the address may send.
func TestVisitorsOfOneAddressComeAgainTheLaterTheMoreTheyAre(t *testing.T) {
	q := counted(demand{slots: 2, inSystem: 100, rate: 1, thought: 2 * time.Second, gateways: 1})
	office := levels("192.0.2.1")
	for range questionFloor {
		if _, err := q.ask(office, false); err != nil {
			t.Fatal(err)
		}
	}
	var last *frame.Refusal
	for range 1000 {
		_, err := q.ask(office, false)
		last = refusal(t, err)
	}
	if last.Retry < maxAskAgain {
		t.Errorf("the thousandth comes again after %v", last.Retry)
	}
	for range 1000 {
		q.leave(office)
	}
	if _, err := q.ask(office, false); refusal(t, err).Retry > 2*minAskAgain {
		t.Errorf("when nobody waits any more, one comes again after %v", refusal(t, err).Retry)
	}
}

// While the bot has too much to answer, a newcomer comes in if that is because of
// addresses that have more than their floor, and its own is none of those.
func TestNewcomersComeBeforeThoseWhoHaveMuch(t *testing.T) {
	q := counted(demand{gateways: 1})
	hog, other := levels("192.0.2.1"), levels("192.0.2.2")
	for range 100 {
		if _, err := q.ask(hog, false); err != nil {
			t.Fatal(err)
		}
	}
	if !q.mayCome(other) || q.mayCome(hog) {
		t.Error("the hog comes in, or another one does not")
	}
	for i := range byte(100) { // a flood from many addresses
		for range questionFloor {
			if _, err := q.ask(limit.AddressLevels(netip.AddrFrom4([4]byte{198, 51, 100, i})), false); err != nil {
				t.Fatal(err)
			}
		}
	}
	if q.mayCome(other) {
		t.Error("a newcomer comes in while everybody has a little")
	}
}

// Addresses are forgotten once they have asked nothing for a while, and the table has a
// bound, beyond which questions are not counted.
func TestAddressesThatAskNothingAreForgotten(t *testing.T) {
	now := time.Unix(1000, 0)
	q := newQuestions(func() time.Time { return now })
	q.looked(demand{slots: 1e6, gateways: 1})
	addr := func(i int) []limit.Level[netip.Prefix] {
		return limit.AddressLevels(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	var ends []func()
	for i := range maxAskers + 10 {
		end, err := q.ask(addr(i), false)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if len(q.askers) != maxAskers || q.open != maxAskers {
		t.Errorf("%d addresses with %d questions are counted, want %d", len(q.askers), q.open, maxAskers)
	}
	for _, end := range ends {
		end()
	}
	now = now.Add(lately + 1)
	if open := q.looked(demand{}); open != 0 || q.within != 0 || len(q.askers) != 0 || len(q.networks) != 0 || q.parties != 0 {
		t.Errorf("left are %d addresses with %d questions", len(q.askers), open)
	}
}

// Whoever has an IPv6 /48 has 65,536 addresses and not as many floors: it counts as 16
// addresses, and leaves the bot to others as those would.
func TestANetworkOfManyAddressesHasAShareOfItsOwn(t *testing.T) {
	q := counted(demand{slots: 128, rate: 16, thought: 8 * time.Second, gateways: 1})
	other := levels("2001:db8:ffff::1")
	if _, err := q.ask(other, false); err != nil {
		t.Fatal(err)
	}
	accepted, refused := 0, 0
	for i := range 2000 {
		addr := netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 1, byte(i >> 8), byte(i)})
		if _, err := q.ask(limit.AddressLevels(addr), false); err != nil {
			refused++
			refusal(t, err)
			continue
		}
		accepted++
	}
	if free := 128 - 1 - accepted; refused == 0 || free != 128/questionReserve {
		t.Errorf("of 2000 addresses of one network %d asked, and %d slots are free", accepted, free)
	}
	if q.parties != 1+16 {
		t.Errorf("the slots are shared by %d", q.parties)
	}
	for range questionFloor - 1 {
		if _, err := q.ask(other, false); err != nil {
			t.Errorf("another address: %v", err)
		}
	}
	// An office whose people have one /64 is one address, and has its share.
	office := counted(demand{slots: 128, rate: 16, thought: 8 * time.Second, gateways: 1})
	for i := range 128 {
		if _, err := office.ask(levels("2001:db8:2::7"), false); err != nil {
			t.Fatalf("question %d: %v", i, err)
		}
	}
}

// One network passes through more addresses than are counted, within seconds. What it asks
// after that counts all the same, and so does what somebody else asks.
func TestAddressesThatComeAndGoDoNotStopTheCount(t *testing.T) {
	now := time.Unix(1000, 0)
	q := newQuestions(func() time.Time { return now })
	q.looked(demand{gateways: 1, slots: 128, inSystem: 4000, rate: 16, thought: 8 * time.Second})
	for i := range maxAskers {
		at := limit.AddressLevels(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}))
		answered, err := q.ask(at, false)
		if err != nil {
			t.Fatal(err)
		}
		answered()
	}
	now = now.Add(2 * time.Second)
	for _, c := range []struct {
		addr string
		most int
	}{{"192.0.2.1", 128 + 128/questionReserve}, {"192.0.2.2", 128 / 2}} { // the first is alone when it asks
		yes := 0
		for range 500 {
			if _, err := q.ask(levels(c.addr), false); err == nil {
				yes++
			}
		}
		if yes != c.most {
			t.Errorf("%s may have %d open questions, want %d", c.addr, yes, c.most)
		}
	}
	if len(q.askers) > maxAskers {
		t.Errorf("%d addresses are counted", len(q.askers))
	}
}
