# SPDX-License-Identifier: MIT
# The proofs of the validator. Included by scripts/targets.mk.

# make mutants N=100000 SEED=1   damaged modules: none that the validator accepts may kill the process that opens it
N    ?= 100000
SEED ?= 1
.PHONY: mutants census validate-bench
mutants: $(B)/tests/validate/mutants
	@scripts/mutants $(B) $(N) $(SEED)

# make census     every shared library of the machine: the rules about form find nothing; nor does any rule in our modules
CENSUS_DIRS ?= /usr /lib /lib64 /opt /root /home
census: $(B)/tests/validate/census modules
	@$(B)/tests/validate/census --modules $(B)/lib/adit/modules $(wildcard $(CENSUS_DIRS))

$(B)/tests/validate/mutants: $(B)/obj/tests/validate/mutate.o

# make validate-bench   500 modules in one process, and one at the median
validate-bench: $(B)/tests/validate/bench modules
	@$(B)/tests/validate/bench $(MODULES)
