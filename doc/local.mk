#   local.mk - the manual, and the other documents
#
#   SPDX-License-Identifier: MPL-2.0

dist_man_MANS = \
	%D%/man1/weir.1 \
	%D%/man3/weir_array.3 \
	%D%/man3/weir_barrier.3 \
	%D%/man3/weir_condition.3 \
	%D%/man3/weir_dict.3 \
	%D%/man3/weir_error.3 \
	%D%/man3/weir_event.3 \
	%D%/man3/weir_list.3 \
	%D%/man3/weir_lock.3 \
	%D%/man3/weir_namespace.3 \
	%D%/man3/weir_object.3 \
	%D%/man3/weir_owner.3 \
	%D%/man3/weir_pipe.3 \
	%D%/man3/weir_process.3 \
	%D%/man3/weir_queue.3 \
	%D%/man3/weir_rwlock.3 \
	%D%/man3/weir_select.3 \
	%D%/man3/weir_semaphore.3 \
	%D%/man3/weir_set.3 \
	%D%/man3/weir_transaction.3 \
	%D%/man3/weir_value.3 \
	%D%/man3/weir_var.3 \
	%D%/man7/weir.7

nobase_dist_doc_DATA = \
	ARCHITECTURE.md \
	CONTRIBUTING.md \
	NEWS.md \
	README.md \
	%D%/architecture.svg \
	%D%/glossary.md \
	%D%/internals/api.md \
	%D%/internals/base.md \
	%D%/internals/carrier.md \
	%D%/internals/client.md \
	%D%/internals/codec.md \
	%D%/internals/log.md \
	%D%/internals/machine.md \
	%D%/internals/mutants.md \
	%D%/internals/owner.md \
	%D%/internals/pipe.md \
	%D%/internals/protocol-model.md \
	%D%/internals/select.md \
	%D%/internals/simulator.md \
	%D%/internals/work.md \
	%D%/protocol.md

EXTRA_DIST += %D%/model/session.pml
