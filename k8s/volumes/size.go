package main

import (
	"fmt"
	"strconv"
	"strings"
)

// units of sizes, as Kubernetes writes them.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"Ti", 1 << 40}, {"Pi", 1 << 50},
	{"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"", 1},
}

// bytes returns how many bytes a size such as 10Gi is.
func bytes(size string) (int64, error) {
	for _, u := range units {
		number, found := strings.CutSuffix(size, u.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n <= 0 || n*float64(u.bytes) > 1<<62 {
			break
		}
		return int64(n * float64(u.bytes)), nil
	}
	return 0, fmt.Errorf("%q is not a size such as 10Gi", size)
}
