package chat_test

import (
	"hash/fnv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-chat/parley/pkg/chat"
)

func TestANewIDIsAnIDAndNobodyElses(t *testing.T) {
	seen := map[chat.ID]bool{}
	for range 10_000 {
		id := chat.NewID()
		if parsed, err := chat.ParseID(string(id)); err != nil || parsed != id {
			t.Fatalf("%q: %q, %v", id, parsed, err)
		}
		if seen[id] {
			t.Fatalf("%q was made twice", id)
		}
		seen[id] = true
	}
}

func TestWhatIsNotAnIDIsRefused(t *testing.T) {
	const good = "abcdefghij234567"
	if _, err := chat.ParseID(good); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"", "abc", good + "a", good + "abcdefghi", good + "EU", good + "e1", good + "e.", good + "eu.", good + "e ", good + "e*", good + ">>", "eu" + good[:13], good[:15], strings.ToUpper(good), good[:15] + "*", good[:15] + ">", good[:15] + ".", good[:15] + " ",
		good[:15] + "1", good[:15] + "8", good[:15] + "\x00", "é" + good[:14], good[:14] + "é", ">", "*", strings.Repeat("*", 16),
		strings.Repeat(".", 16), "a" + strings.Repeat("*", 14) + "a",
	} {
		if id, err := chat.ParseID(s); err == nil {
			t.Errorf("%q is taken for the id %q", s, id)
		}
	}
}

func TestAnIDNeverHoldsWhatASubjectWouldRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z2-7.*> \x00]{16,24}`), rapid.StringMatching(`[a-z2-7]{15,25}`)).Draw(t, "s")
		id, err := chat.ParseID(s)
		if err != nil {
			if id != "" {
				t.Fatalf("refused, and yet the id %q", id)
			}
			return
		}
		if len(id) < 16 || len(id) == 17 || len(id) > 24 || strings.Trim(string(id), "abcdefghijklmnopqrstuvwxyz234567") != "" {
			t.Fatalf("%q is taken for an id", s)
		}
	})
}

// The home is read from the id by whoever has it, and nothing else of the id depends on it.
func TestAnIDCarriesItsHome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		home, hash := chat.Region(rapid.StringMatching(`([a-z2-7]{2,8})?`).Draw(t, "home")), rapid.SliceOfN(rapid.Byte(), 10, 32).Draw(t, "hash")
		for _, id := range []chat.ID{chat.NewIDAt(home), chat.IDOf(hash, home)} {
			if parsed, err := chat.ParseID(string(id)); err != nil || parsed != id || parsed.Home() != home {
				t.Fatalf("%q: %q, %v; its home is %q, not %q", id, parsed, err, parsed.Home(), home)
			}
		}
		if nameless := chat.IDOf(hash, ""); len(nameless) != 16 || chat.IDOf(hash, home) != nameless+chat.ID(home) {
			t.Fatalf("%q without a name, and %q at %q", nameless, chat.IDOf(hash, home), home)
		}
	})
}

func TestARegionsNameFitsIntoAnID(t *testing.T) {
	for _, s := range []string{"eu", "ap", "apse2", "abcdefgh", "23"} {
		if region, err := chat.ParseRegion(s); err != nil || region != chat.Region(s) {
			t.Errorf("%q: %q, %v", s, region, err)
		}
	}
	for _, s := range []string{"", "e", "abcdefghi", "EU", "eu1", "e-u", "e.u", "eu ", "*", "eü"} {
		if region, err := chat.ParseRegion(s); err == nil || region != "" || !strings.Contains(err.Error(), "such as eu") {
			t.Errorf("%q is taken for the region %q, %v", s, region, err)
		}
	}
}

// A partition is part of every stored subject, so it must never change.
func TestThePartitionIsTheHashOfTheDesign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := chat.ID(rapid.StringMatching(`[a-z2-7]{16}([a-z2-7]{2,8})?`).Draw(t, "id"))
		h := fnv.New32a()
		h.Write([]byte(id))
		if got, want := id.Partition(), int(h.Sum32()%64); got != want {
			t.Fatalf("%s is in partition %d, want %d", id, got, want)
		}
	})
	for id, want := range map[chat.ID]int{"aaaaaaaaaaaaaaaa": 21, "abcdefghij234567": 21, "7777777777777777": 53, "abcdefghij234567eu": 63} {
		if got := id.Partition(); got != want {
			t.Errorf("%s is in partition %d, want %d", id, got, want)
		}
	}
}

func TestThePartitionsAreUsedEvenly(t *testing.T) {
	var counts [chat.Partitions]int
	const each = 400
	for range each * chat.Partitions {
		counts[chat.NewID().Partition()]++
	}
	for p, n := range counts {
		if n < each/2 || n > each*2 {
			t.Errorf("partition %d has %d of %d chats, want about %d", p, n, each*chat.Partitions, each)
		}
	}
}
