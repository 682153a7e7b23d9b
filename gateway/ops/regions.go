package ops

import (
	"fmt"
	"time"
)

// mostUnmerged is how long accounts, settings and visitors of another region may not be merged
// before that is reported: there is a moment of it after each cut.
const mostUnmerged = time.Minute

// regionAway reports other regions that this gateway does not reach.
func regionAway(s Snapshot, _ []sample) (list []Problem) {
	for _, r := range s.Regions.Others {
		if r.Reached {
			continue
		}
		list = append(list, Problem{
			Key: "region:" + string(r.Name), Level: Bad, Since: r.Since,
			Sentence: fmt.Sprintf("This gateway can't reach the region %s: the chats at home there stand still for everybody here, and nothing of them is lost. Those at home in %s go on.", r.Name, s.Regions.Own),
		})
	}
	return list
}

// oldestCopy is how old the copy of another region's chats may be before that is reported.
const oldestCopy = time.Minute

// copyBehind reports copies of regions that are reached, and yet get older. That of a region that is
// away can only do so, which regionAway says.
func copyBehind(s Snapshot, _ []sample) (list []Problem) {
	for _, r := range s.Regions.Others {
		old := s.At.Sub(r.Copied)
		switch {
		case !r.Copy || !r.Reached:
		case r.Copied.IsZero():
			list = append(list, Problem{
				Key: "copy:" + string(r.Name), Level: Warn,
				Sentence: fmt.Sprintf("The first copy of the chats of the region %s is being made: until it is complete, that region can't be given up without its disks.", r.Name),
			})
		case old > oldestCopy:
			list = append(list, Problem{
				Key: "copy:" + string(r.Name), Level: Warn,
				Sentence: fmt.Sprintf("The copy of the chats of the region %s is %s old: if that region's disks were lost now, so would be what was said there since then.", r.Name, age(old)),
			})
		}
	}
	return list
}

// regionBehind reports regions that are reached, and what they have is not merged here.
func regionBehind(s Snapshot, _ []sample) (list []Problem) {
	for _, r := range s.Regions.Others {
		if !r.Reached || r.Behind.IsZero() || s.At.Sub(r.Behind) < mostUnmerged {
			continue
		}
		list = append(list, Problem{
			Key: "merging:" + string(r.Name), Level: Warn,
			Sentence: fmt.Sprintf("Accounts and settings of the region %s have not been merged here for %s: who was changed, added or shut out there is not here.", r.Name, age(s.At.Sub(r.Behind))),
		})
	}
	return list
}
