/*  tsan.h - memory that passes between threads out of ThreadSanitizer's sight

    SPDX-License-Identifier: MPL-2.0
*/

#ifndef WEIR__BASE_TSAN_H_INCLUDED
#define WEIR__BASE_TSAN_H_INCLUDED

//  A pointer to memory crosses libzmq from one thread to another; libzmq's
//  lock-free queues order this, which ThreadSanitizer cannot see in a library
//  that was not built with it. The sender releases, the receiver acquires.
//  Without ThreadSanitizer these are nothing.
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
