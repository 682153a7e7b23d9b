package bus

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/parley-chat/parley/pkg/chat"
)

// A stream that refuses what it says itself, since its file can't be read, must not be asked
// as fast as it answers.
func TestAHintThatWasRightIsNotCorrectedAtOnce(t *testing.T) {
	id := chat.NewID()
	refused := func(last uint64) error {
		return fmt.Errorf("append: %w (%w)", ErrConflict, &jetstream.APIError{Description: fmt.Sprint("wrong last sequence: ", last)})
	}
	a := &pending{}
	a.expectInput(id, inSubjects(id), 7)
	next, after := a.corrected(refused(9))
	if next == nil || after != 0 || next.msg.Header.Get(jetstream.ExpectedLastSubjSeqHeader) != "9" {
		t.Fatalf("a wrong guess is followed by %+v after %v, want one that expects 9, at once", next, after)
	}
	again, after := next.corrected(refused(9))
	if again == nil || after <= 0 {
		t.Errorf("a guess that was right is followed by %+v after %v, want another try after a pause", again, after)
	}
	if none, _ := next.corrected(nil); none != nil {
		t.Errorf("an append that succeeded is followed by %+v", none)
	}
}
