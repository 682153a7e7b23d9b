package bus

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A bucket that the page forgets stays with one copy, and goes with its node.
func TestTheRunbookGivesEveryBucketMoreCopies(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	loop := regexp.MustCompile(`for b in ([a-z ]+); do nats kv edit`).FindSubmatch(page)
	if loop == nil {
		t.Fatal("docs/operations.md does not say how buckets get more copies")
	}
	named := slices.Sorted(slices.Values(strings.Fields(string(loop[1]))))
	if want := slices.Sorted(slices.Values(buckets)); !slices.Equal(named, want) {
		t.Errorf("docs/operations.md names the buckets %v, want %v", named, want)
	}
}
