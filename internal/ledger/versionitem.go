package ledger

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"
)

// entrySK is where history keeps a rev. The padding makes revs sort.
func entrySK(rev int) string { return fmt.Sprintf("%s%010d", revSK, rev) }

// entry is what history keeps of a version. None of the policy's items has a
// ttl: they are kept for good.
func entry(v Version) item {
	it := policyKey(entrySK(v.Rev))
	it[attrSchema], it[attrRev], it[attrHash] = ourSchema(), number(int64(v.Rev)), text(v.Hash)
	it[attrAt] = text(v.At.UTC().Format(time.RFC3339Nano))
	it[attrAuthor], it[attrNote] = text(v.Author), text(v.Note)
	return it
}

// current is the item that the function reads.
func current(v Version) item {
	it := entry(v)
	maps.Copy(it, policyKey(currentSK))
	if it[attrBody] = text(v.Body); v.Before != "" {
		it[attrBefore] = text(v.Before)
	}
	return it
}

// readCurrent reads the item that current makes; absent, it is the zero Version.
func readCurrent(it item) Version {
	if len(it) == 0 {
		return Version{}
	}
	p := readPolicy(it)
	return told(it, Version{Rev: p.Rev, Hash: p.Hash, Body: p.Body, Before: p.Before, Fault: p.Fault})
}

// readEntry reads an item of history. Its key says the rev, whatever else it
// holds, so that one which cannot be read does not stop the counting.
func readEntry(it item) Version {
	r := reading{it: it}
	r.schema()
	rev, err := strconv.Atoi(strings.TrimPrefix(stored(it[attrSK]), revSK))
	if err != nil {
		r.wrong("expected its key to end in a rev, got %.40q", stored(it[attrSK]))
	}
	v := Version{Rev: rev, Hash: r.text(attrHash)}
	v.Fault = r.fault
	return told(it, v)
}

// told adds who applied the version, when and why: words for people, on which
// nothing turns and whose lack is no fault.
func told(it item, v Version) Version {
	v.Author, v.Note = stored(it[attrAuthor]), stored(it[attrNote])
	if at, err := time.Parse(time.RFC3339Nano, stored(it[attrAt])); err == nil {
		v.At = at.UTC()
	}
	return v
}

// kept is what is kept under a hash, where an item was there before: a version
// whose source is not known leaves the one that is.
func kept(v Version, before item) item {
	it := policyKey(hashSK + v.Hash)
	maps.Copy(it, before)
	if it[attrSchema], it[attrBody] = ourSchema(), text(v.Body); v.Source != "" {
		it[attrSource] = text(v.Source)
	}
	return it
}

// readKept reads the item that kept makes.
func readKept(it item) (Version, error) {
	r := reading{it: it}
	r.schema()
	v := Version{Body: r.text(attrBody), Source: r.optional(attrSource)}
	v.Hash = strings.TrimPrefix(stored(it[attrSK]), hashSK)
	if r.fault != "" {
		return Version{}, fmt.Errorf("policy %.64s: %s", v.Hash, r.fault)
	}
	return v, nil
}

// The most that are named where a prefix is that of several hashes.
const maxCandidates = 5

// prefix checks the first digits of a hash.
func prefix(hash string) (string, error) {
	hash = strings.ToLower(hash)
	if hash == "" || len(hash) > 64 || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", fmt.Errorf("expected the first digits of a policy's hash, in hexadecimal, got %.80q", hash)
	}
	return hash, nil
}

// only is the one policy among those that a prefix finds, at most one more than
// maxCandidates of them.
func only(prefix string, found []item) (Version, error) {
	switch {
	case len(found) == 0:
		return Version{}, fmt.Errorf("%w: %s", ErrNoPolicy, prefix)
	case len(found) == 1:
		return readKept(found[0])
	}
	var names []string
	for _, it := range found[:min(len(found), maxCandidates)] {
		names = append(names, strings.TrimPrefix(stored(it[attrSK]), hashSK))
	}
	if len(found) > maxCandidates {
		names = append(names, "...")
	}
	return Version{}, fmt.Errorf("several policies have a hash that begins with %s, give more of it: %s", prefix, strings.Join(names, ", "))
}
