package merge

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/mentions"
)

// Rule is how one kind of record is merged. For any records and one time, Merge is commutative,
// associative and idempotent. So all regions come to have the same, in whatever order they hear
// of each other, however often, and with any number of replicas that merge at once; and once
// they have, nothing is written any more.
type Rule struct {
	Bucket string // such as bus.AgentsBucket
	// Merge returns what both regions shall have. An error means that one of them can't be read.
	Merge func(a, b json.RawMessage, now time.Time) (json.RawMessage, error)
	// Yields reports whether a record goes when another region has deleted it; nil: none does. Only
	// for keys that are never used again: a deletion that is heard of late, or again, would take a new
	// record.
	Yields func(json.RawMessage) bool
	// Notice is what an operator has to know of what merging made of a record; empty: nothing.
	// nil: never anything.
	Notice func(had, has json.RawMessage) string
	// Local reports whether a record is of its own region only; nil: none is.
	Local func(json.RawMessage) bool
}

// Rules are those of all buckets that are merged.
func Rules() []Rule {
	return []Rule{
		{Bucket: bus.AgentsBucket, Merge: Accounts, Notice: noPassword},
		{Bucket: bus.SiteBucket, Merge: Site, Yields: removable},
		{Bucket: bus.VisitorsBucket, Merge: Visitors, Local: claimed},
		{Bucket: bus.RevokedBucket, Merge: Revocations},
	}
}

// removable reports whether a record of the site's goes when it was removed elsewhere, as a macro
// does; the settings never are.
func removable(raw json.RawMessage) bool {
	var of struct {
		Removable bool `json:"removable"`
	}
	return json.Unmarshal(raw, &of) == nil && of.Removable
}

// Site merges two versions of the site's settings, or of a macro: the higher revision wins, then the later one
// by its writer's clock. Where an account was mentioned is joined: see Mentions.
func Site(a, b json.RawMessage, _ time.Time) (json.RawMessage, error) {
	type version struct {
		Revision uint64    `json:"revision"`
		At       time.Time `json:"at"`
	}
	if mentioned(a) || mentioned(b) {
		return Mentions(a, b)
	}
	va, vb, err := both[version](a, b)
	if err != nil {
		return nil, err
	}
	if cmp.Or(cmp.Compare(va.Revision, vb.Revision), va.At.Compare(vb.At), bytes.Compare(a, b)) >= 0 {
		return a, nil
	}
	return b, nil
}

// mentioned reports whether a record of the site's is of where an account was mentioned.
func mentioned(raw json.RawMessage) bool {
	var of mentions.Record
	return json.Unmarshal(raw, &of) == nil && len(of.Mentioned)+len(of.Seen) > 0
}

// Mentions merges two records of where an account was mentioned: of each chat the latest mention stays,
// until it is seen in either region.
func Mentions(a, b json.RawMessage) (json.RawMessage, error) {
	ra, rb, err := both[mentions.Record](a, b)
	if err != nil {
		return nil, err
	}
	return json.Marshal(mentions.Merge(ra, rb))
}

// Revocations merges two revocations of one chat: the earlier one stays. They are merged so that no
// chat can be opened again that goes on in another region.
func Revocations(a, b json.RawMessage, _ time.Time) (json.RawMessage, error) {
	ra, rb, err := both[struct {
		At time.Time `json:"at"`
	}](a, b)
	if err != nil {
		return nil, err
	}
	if cmp.Or(ra.At.Compare(rb.At), bytes.Compare(a, b)) <= 0 {
		return a, nil
	}
	return b, nil
}

// Visitors merges two records of one visitor: the older one wins, so that a visitor who was
// met on both sides of a cut goes on with the first chat. One that was revoked stays so.
func Visitors(a, b json.RawMessage, _ time.Time) (json.RawMessage, error) {
	ra, rb, err := both[map[string]json.RawMessage](a, b)
	if err != nil {
		return nil, err
	}
	const revoked = "revoked"
	revokedA, revokedB := ra[revoked], rb[revoked]
	delete(ra, revoked)
	delete(rb, revoked)
	plainA, plainB, err := bothPlain(ra, rb)
	if err != nil {
		return nil, err
	}
	var met [2]struct {
		Created time.Time `json:"created"`
	}
	for i, plain := range [][]byte{plainA, plainB} {
		if err := json.Unmarshal(plain, &met[i]); err != nil {
			return nil, unread(err)
		}
	}
	switch older := cmp.Or(met[0].Created.Compare(met[1].Created), bytes.Compare(plainA, plainB)); {
	case older < 0:
		return a, nil
	case older > 0:
		return b, nil
	case bytes.Compare(revokedA, revokedB) >= 0: // "true", or not there
		return a, nil
	}
	return b, nil
}

// claimed reports whether a visitor's record is of a browser, which an earlier version made: two
// people of one name in two regions are not one visitor.
func claimed(raw json.RawMessage) bool {
	var of struct {
		Claim string `json:"claim"`
	}
	return json.Unmarshal(raw, &of) == nil && of.Claim != ""
}

// both decodes two records.
func both[T any](a, b json.RawMessage) (va, vb T, err error) {
	if err = json.Unmarshal(a, &va); err == nil {
		err = json.Unmarshal(b, &vb)
	}
	if err != nil {
		err = unread(err)
	}
	return va, vb, err
}

// bothPlain encodes two records with their fields in order.
func bothPlain(a, b map[string]json.RawMessage) (plainA, plainB []byte, err error) {
	if plainA, err = json.Marshal(a); err == nil {
		plainB, err = json.Marshal(b)
	}
	if err != nil {
		err = unread(err)
	}
	return plainA, plainB, err
}

func unread(err error) error { return fmt.Errorf("read a record to merge: %w", err) }
