package org.aquastream.common;

public record Problem(String code, String detail) {}
