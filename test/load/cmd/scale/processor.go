package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// effort is CPU time since the machine started, in kernel ticks, of all processors
// together.
type effort struct {
	parley  float64 // the processes that this one started
	harness float64 // this one
	busy    float64 // any process
	all     float64 // busy and idle
}

// since returns the shares of all processors' time since then.
func (e effort) since(before effort) effort {
	all := e.all - before.all
	if all <= 0 {
		return effort{}
	}
	return effort{(e.parley - before.parley) / all, (e.harness - before.harness) / all, (e.busy - before.busy) / all, 1}
}

// others is what neither Parley nor the harness used.
func (e effort) others() float64 { return max(0, e.busy-e.parley-e.harness) }

// processors reads the CPU time so far.
func processors() (effort, error) {
	var e effort
	total, err := os.ReadFile("/proc/stat")
	if err != nil {
		return e, fmt.Errorf("read how busy the machine is: %w", err)
	}
	line, _, _ := strings.Cut(string(total), "\n")
	if e.busy, e.all, err = parseTotal(line); err != nil {
		return e, err
	}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return e, err
	}
	self := os.Getpid()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		pid, parent, ticks, err := parseProcess(string(data))
		switch {
		case err != nil:
			return e, err
		case pid == self:
			e.harness += ticks
		case parent == self:
			e.parley += ticks
		}
	}
	return e, nil
}

// parseTotal reads the first line of /proc/stat.
func parseTotal(line string) (busy, all float64, err error) {
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, 0, fmt.Errorf("%q does not say how busy the machine is", line)
	}
	for i, f := range fields[1:9] { // what guests use is in it already
		n, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("read how busy the machine is: %w", err)
		}
		all += n
		if i != 3 && i != 4 { // idle, and waiting for a disk
			busy += n
		}
	}
	return busy, all, nil
}

// parseProcess reads the stat file of a process. Its name, in brackets, may hold
// anything.
func parseProcess(stat string) (pid, parent int, ticks float64, err error) {
	first, _, _ := strings.Cut(stat, " ")
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	if len(fields) < 13 {
		return 0, 0, 0, fmt.Errorf("%q says nothing of a process", stat)
	}
	var errs [4]error
	var user, kernel float64
	pid, errs[0] = strconv.Atoi(first)
	parent, errs[1] = strconv.Atoi(fields[1])
	user, errs[2] = strconv.ParseFloat(fields[11], 64)
	kernel, errs[3] = strconv.ParseFloat(fields[12], 64)
	for _, err := range errs {
		if err != nil {
			return 0, 0, 0, fmt.Errorf("read a process's time: %w", err)
		}
	}
	return pid, parent, user + kernel, nil
}
