/*  tsan.h - memory handed between threads where ThreadSanitizer cannot see it

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_TSAN_H_INCLUDED
#define WEIR__BASE_TSAN_H_INCLUDED

//  A pointer to memory crosses libzmq from one thread to another. The lock-free
//  queues of libzmq order the accesses, but ThreadSanitizer cannot see this in
//  a library that was built without it. The sender calls weir__hand_over, the
//  receiver weir__take_over. Without ThreadSanitizer both do nothing.
#if defined(__SANITIZE_THREAD__)
#define WEIR__TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR__TSAN 1
#endif
#endif

#ifdef WEIR__TSAN
void __tsan_acquire (void *address);
void __tsan_release (void *address);
#define weir__hand_over(address) __tsan_release (address)
#define weir__take_over(address) __tsan_acquire (address)
#else
#define weir__hand_over(address) ((void) (address))
#define weir__take_over(address) ((void) (address))
#endif

#endif
