package chat

import (
	"fmt"
	"strings"
)

// Region names one of several installations that form one service, each with its own
// streams: 2 to 8 characters of a-z2-7, so that it can be part of an ID. The empty Region is
// that of an installation which is the only one.
type Region string

const minRegion, maxRegion = 2, 8

// ParseRegion reads the name of a region. The error says in a sentence what is wrong with it.
func ParseRegion(s string) (Region, error) {
	if !fits(s) {
		return "", fmt.Errorf("%q is not the name of a region: %d to %d characters of a-z and 2-7, such as eu", s, minRegion, maxRegion)
	}
	return Region(s), nil
}

func fits(name string) bool {
	return minRegion <= len(name) && len(name) <= maxRegion && strings.Trim(name, idAlphabet) == ""
}
